import { GraphQLError, type GraphQLResolveInfo } from 'graphql';
import { EngineError } from './engine/engine-error.ts';
import { toPublicError } from './errors.ts';
import type { EngineFailure } from './loaders/engines.ts';

/** What one operation says of engines that failed while others answered. */
export interface Reports {
  /** Errors that stand beside data instead of in its place: of engines that are missing in a connection. */
  readonly reported: readonly GraphQLError[];
  /** Reports the engines that failed, or throws when all that were asked did: the field has nothing then. */
  reportFailures(failures: readonly EngineFailure[], asked: number, info: GraphQLResolveInfo): void;
  /** Forgets what was reported. */
  clear(): void;
}

/** For one operation. */
export function createReports(): Reports {
  const reported: GraphQLError[] = [];
  return {
    reported,
    reportFailures(failures, asked, info) {
      const [first, ...others] = failures;
      if (first === undefined) return;
      const beside = failures.length === asked ? others : failures;
      for (const { error } of beside) {
        const known = reported.some((other) => other.originalError === error);
        // A list of a hundred look-ups says once that an engine is missing.
        if (!known) reported.push(located(error, info));
      }
      if (failures.length === asked) throw first.error;
    },
    clear: () => void (reported.length = 0),
  };
}

function located(error: Error, { fieldNodes, path }: GraphQLResolveInfo): GraphQLError {
  const keys: (string | number)[] = [];
  for (let at: GraphQLResolveInfo['path'] | undefined = path; at; at = at.prev)
    keys.unshift(at.key);
  const shown = error instanceof EngineError ? toPublicError(error) : error;
  const { extensions } = shown as Partial<GraphQLError>;
  return new GraphQLError(shown.message, {
    nodes: fieldNodes,
    path: keys,
    originalError: error,
    extensions: extensions ?? {},
  });
}
