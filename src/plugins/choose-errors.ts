import type { GraphQLError } from 'graphql';
import { EngineError } from '../engine/engine-error.ts';
import type { ErrorCode } from '../errors.ts';
import { ownError, rootCause, toShown } from './shown-error.ts';

/** What tells errors of an answer apart. */
interface Kind {
  readonly code: ErrorCode;
  /** Undefined for what no engine has failed with. */
  readonly engine: string | undefined;
  /** Null where clients see all there is. */
  readonly hidden: Error | null;
}

/** Errors of one engine and code that an answer is silent about. */
export interface Unshown {
  readonly code: ErrorCode;
  /** What the first of them came from. */
  readonly cause: Error;
  count: number;
}

/**
 * The errors that an answer shows, the first of each engine and code before all others; and of the rest those whose
 * causes are hidden. Thousands of fields may fail, so that nothing is made of an error before it is chosen.
 */
export function chooseErrors(errors: readonly GraphQLError[], most: number) {
  const kindOf = createKinds();
  const seen = new Set<string>();
  const first: GraphQLError[] = [];
  const others: GraphQLError[] = [];
  for (const error of errors) {
    const name = nameOf(kindOf(error));
    (seen.has(name) ? others : first).push(error);
    seen.add(name);
  }
  const ordered = [...first, ...others];
  return { shown: ordered.slice(0, most), unshown: toUnshown(ordered.slice(most).map(kindOf)) };
}

function toUnshown(kinds: readonly Kind[]): Iterable<Unshown> {
  const byName = new Map<string, Unshown>();
  for (const kind of kinds) {
    if (kind.hidden === null) continue;
    const known = byName.get(nameOf(kind));
    if (known === undefined)
      byName.set(nameOf(kind), { code: kind.code, cause: kind.hidden, count: 1 });
    else known.count++;
  }
  return byName.values();
}

function nameOf({ code, engine }: Kind): string {
  return `${code} ${engine}`;
}

/** A hundred thousand fields may share a cause, which is looked at once. */
function createKinds(): (error: GraphQLError) => Kind {
  const kinds = new Map<Error, Kind>();
  return (error) => {
    const cause = rootCause(error);
    const kind = kinds.get(cause) ?? toKind(error, cause);
    kinds.set(cause, kind);
    return kind;
  };
}

/** As toShown has it, which takes long for many: it is asked only about the few that tell neither code nor engine. */
function toKind(error: GraphQLError, cause: Error): Kind {
  const own = ownError(error);
  if (own !== null) return { ...(own.extensions as Pick<Kind, 'code' | 'engine'>), hidden: null };
  if (cause instanceof EngineError)
    return { code: cause.code, engine: cause.engine, hidden: cause };
  let hidden: Error | null = null;
  const { extensions } = toShown(error, () => {
    hidden = cause;
    return {};
  });
  return { code: extensions['code'] as ErrorCode, engine: undefined, hidden };
}
