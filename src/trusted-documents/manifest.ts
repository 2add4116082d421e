/** Documents by the ids that clients send in their place. */
export type Manifest = ReadonlyMap<string, string>;

const APOLLO = 'apollo-persisted-query-manifest';

/**
 * Reads what code generators write: GraphQL Code Generator and Relay an object of ids and documents, Apollo a list of
 * operations. Null for a text that is neither, and for one without operations.
 */
export function parseManifest(text: string): Manifest | null {
  const json = parseJson(text);
  if (typeof json !== 'object' || json === null || Array.isArray(json)) return null;
  const { format, operations } = json as { readonly format?: unknown; operations?: unknown };
  const entries: readonly unknown[][] =
    format === APOLLO ? operationsOf(operations) : Object.entries(json);
  return entries.length > 0 && entries.every(isOfTexts) ? new Map(entries) : null;
}

function operationsOf(operations: unknown): unknown[][] {
  if (!Array.isArray(operations)) return [];
  return operations.map((operation: unknown) => {
    const { id, body } = Object(operation) as { readonly id?: unknown; readonly body?: unknown };
    return [id, body];
  });
}

function isOfTexts(entry: readonly unknown[]): entry is [string, string] {
  return entry.every((part) => typeof part === 'string' && part !== '');
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}
