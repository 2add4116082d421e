import { readFileSync } from 'node:fs';
import { parse } from 'yaml';

/** What the tests look at of a service. */
export interface Service {
  readonly image: string;
  readonly user?: string;
  readonly command?: readonly string[];
  readonly environment?: Readonly<Record<string, string>>;
  readonly ports?: readonly string[];
  readonly volumes?: readonly string[];
  readonly networks: readonly string[];
  readonly secrets?: readonly string[];
  readonly read_only: boolean;
  readonly cap_drop: readonly string[];
  readonly security_opt: readonly string[];
  readonly privileged?: boolean;
  readonly mem_limit: string;
}

interface ComposeFile {
  readonly services: { readonly imagegraph: Service; readonly 'socket-proxy': Service };
  readonly networks: Readonly<Record<string, { readonly internal?: boolean } | null>>;
  readonly secrets: Readonly<Record<string, { readonly file: string }>>;
}

export const COMPOSE = parse(
  readFileSync(new URL('../../compose.yaml', import.meta.url), 'utf8'),
) as ComposeFile;

const command = COMPOSE.services['socket-proxy'].command ?? [];

/** Methods that the proxy passes on at all. */
export const METHODS = command.flatMap((word) => /^-allow([A-Z]+)=/.exec(word)?.[1] ?? []);

/**
 * Whether the proxy passes a request on: it compares the whole path, without the query, after what percent signs stand for
 * has been put in their place (socket-proxy 1.13, handlehttprequest.go). socket-proxy.test.ts holds this to the real one.
 * @param target path and query
 */
export function passes(method: string, target: string): boolean {
  const option = command.find((word) => word.startsWith(`-allow${method}=`));
  const [path = ''] = target.split('?');
  if (option === undefined) return false;
  try {
    return new RegExp(`^${option.slice(option.indexOf('=') + 1)}$`).test(decodeURIComponent(path));
  } catch {
    // Go answers 400.
    return false;
  }
}
