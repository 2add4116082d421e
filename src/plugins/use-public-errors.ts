import type { ExecutionResult, GraphQLError } from 'graphql';
import type { Plugin } from 'graphql-yoga';
import type { Context } from '../context.ts';
import { EngineError } from '../engine/engine-error.ts';
import type { ErrorCode } from '../errors.ts';
import { requestIdOf } from '../request-id.ts';
import { chooseErrors, type Unshown } from './choose-errors.ts';
import { codeRequests } from './code-requests.ts';
import { toShown } from './shown-error.ts';

/**
 * Told of errors whose cause clients do not see, and the id of their request if it has one: of those that an answer
 * shows, and how many more there are of each engine and code.
 */
export type HiddenErrorLog = (error: unknown, code: ErrorCode, requestId: string | null) => void;

/** Makes errors as clients may see them, and tells the log what is hidden. */
interface Show {
  one(error: GraphQLError, request: Request): GraphQLError;
  /** Those of one answer. */
  all(errors: readonly GraphQLError[], request: Request): GraphQLError[];
}

/**
 * Gives every error its code and the text of that code, and hides what it came from: nothing that an
 * engine said, no value that was sent, no stack. What is hidden goes to the log.
 * @param most errors of one answer; the first of each engine and code go before repetitions
 */
export function usePublicErrors(log: HiddenErrorLog, most: number): Plugin<Context> {
  const show = createShow(log, most);
  return { ...codeRequests(most), ...showResults(show), ...showEvents(show) };
}

function createShow(log: HiddenErrorLog, most: number): Show {
  const one: Show['one'] = (error, request) =>
    toShown(error, (cause, code) => {
      const requestId = requestIdOf(request);
      log(cause, code, requestId);
      return requestId === null ? {} : { requestId };
    });
  return {
    one,
    all(errors, request) {
      const { shown, unshown } = chooseErrors(errors, most);
      const answered = shown.map((error) => one(error, request));
      for (const each of unshown) log(toOne(each), each.code, requestIdOf(request));
      return answered;
    },
  };
}

/** A line of the log for each of thousands would take longer than the answer. */
function toOne({ cause, count }: Unshown): Error {
  if (count === 1) return cause;
  const text = `${count} more in the same answer, the first of them: ${cause.message}`;
  return cause instanceof EngineError
    ? new EngineError(cause.code, cause.engine, text, cause)
    : new Error(text, { cause });
}

function showResults(show: Show): Pick<Plugin<Context>, 'onExecute' | 'onResultProcess'> {
  return {
    onExecute({ args }) {
      return {
        onExecuteDone({ result, setResult }) {
          const { reported } = args.contextValue;
          if (reported.length === 0 || Symbol.asyncIterator in result) return;
          const { errors = [] } = result as ExecutionResult;
          setResult({ ...result, errors: [...errors, ...reported] });
        },
      };
    },
    onResultProcess({ request, result, setResult }) {
      if (Array.isArray(result) || Symbol.asyncIterator in result) return;
      if (result.errors === undefined) return;
      setResult({ ...result, errors: show.all(result.errors, request) } as never);
    },
  };
}

function showEvents(show: Show): Pick<Plugin<Context>, 'onSubscribe'> {
  return {
    onSubscribe({ args }) {
      const { request } = args.contextValue;
      return {
        onSubscribeResult: () => ({
          onNext({ result, setResult }) {
            const errors = [...(result.errors ?? []), ...args.contextValue.reported];
            if (errors.length > 0) setResult({ ...result, errors: show.all(errors, request) });
          },
        }),
        onSubscribeError({ error, setError }) {
          // Nobody reads what an event fails with whose client has left.
          if (args.contextValue.signal.aborted) return;
          setError(show.one(error as GraphQLError, request));
        },
      };
    },
  };
}
