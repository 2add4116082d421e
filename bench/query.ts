import { readFileSync } from 'node:fs';

/** A body of POST /graphql. */
export interface Query {
  readonly query: string;
  readonly variables?: Readonly<Record<string, unknown>>;
}

/** A document of bench/queries with its variables. */
export function query(name: string, variables: Query['variables'] = {}): Query {
  const file = new URL(`queries/${name}.graphql`, import.meta.url);
  return { query: readFileSync(file, 'utf8'), variables };
}

/** A page of images with all that the engine's list says of them. */
export function page(first: number, variables: Query['variables'] = {}): Query {
  return query('page', { first, ...variables });
}

/** What the page document answers. */
export interface PageData {
  readonly images: { readonly totalCount: number; readonly nodes: readonly unknown[] };
}

/** Asks a GraphQL server. @throws when the answer has errors, since their time says nothing */
export async function ask<Data>(url: string, body: Query): Promise<Data> {
  const response = await fetch(url, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(body),
  });
  const { data, errors } = (await response.json()) as { data: Data; errors?: unknown };
  if (errors !== undefined) throw new Error(JSON.stringify(errors).slice(0, 500));
  return data;
}

/**
 * Asks again until an answer has no errors: what takes an engine longer than one operation may is read on by
 * the next, as a client would ask it.
 * @throws when two minutes do not suffice
 */
export async function askUntilWhole<Data>(url: string, body: Query): Promise<Data> {
  const end = performance.now() + 120_000;
  for (;;) {
    try {
      return await ask<Data>(url, body);
    } catch (error) {
      if (performance.now() > end) throw error;
    }
  }
}
