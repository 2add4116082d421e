import { GraphQLError, ValuesOfCorrectTypeRule, type ValidationContext } from 'graphql';
import type { ExecutionResult } from 'graphql';
import type { Plugin } from 'graphql-yoga';
import type { Context } from '../context.ts';
import { EngineError } from '../engine/engine-error.ts';
import { type ErrorCode, MESSAGES, PublicError, toPublicError } from '../errors.ts';

/** The most errors in one answer; the first of each engine and code go before repetitions. */
const MAX_ERRORS = 5;
/** Request errors are answered with 400 to clients that accept application/graphql-response+json. */
const REQUEST_ERROR = { http: { spec: true, status: 400 } };

/** What `coded` has made of errors of graphql-js before the operation was executed. */
const CODED_HERE: ReadonlySet<string> = new Set([
  'GRAPHQL_PARSE_FAILED',
  'GRAPHQL_VALIDATION_FAILED',
  'BAD_USER_INPUT',
] satisfies ErrorCode[]);

/** Told of what is hidden. */
type Log = (error: unknown, code: ErrorCode) => void;

/**
 * Gives every error its code and the text of that code, and hides what it came from: nothing that an
 * engine said, no value that was sent, no stack. What is hidden goes to the log.
 */
export function usePublicErrors(log: Log): Plugin<Context> {
  const show = (error: GraphQLError): GraphQLError => toShown(error, log);
  const shown = (errors: readonly GraphQLError[]): GraphQLError[] =>
    firstOfEach(withoutRepetitions(errors).map(show));
  return {
    onParse() {
      return ({ result, replaceParseResult }) => {
        if (!(result instanceof Error)) return;
        replaceParseResult(coded(result, 'GRAPHQL_PARSE_FAILED'));
      };
    },
    onValidate({ params, addValidationRule }) {
      const rules = (params.rules ?? []) as unknown[];
      const at = rules.indexOf(ValuesOfCorrectTypeRule);
      if (at >= 0) rules.splice(at, 1);
      addValidationRule(CodedValuesRule);
      return ({ result, setResult }) => {
        if (result.length > 0)
          setResult(result.slice(0, MAX_ERRORS).map((e) => validationError(e)));
      };
    },
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
    onSubscribe({ args }) {
      return {
        onSubscribeResult: () => ({
          onNext({ result, setResult }) {
            const errors = [...(result.errors ?? []), ...args.contextValue.reported];
            if (errors.length > 0) setResult({ ...result, errors: shown(errors) });
          },
        }),
        onSubscribeError({ error, setError }) {
          // Nobody reads what an event fails with whose client has left.
          if (!args.contextValue.signal.aborted) setError(show(error as GraphQLError));
        },
      };
    },
    onResultProcess({ result, setResult }) {
      if (Array.isArray(result) || Symbol.asyncIterator in result) return;
      if (result.errors === undefined) return;
      setResult({ ...result, errors: shown(result.errors) } as never);
    },
  };
}

/** Reports literals of a wrong type with their code and without their value. */
function CodedValuesRule(context: ValidationContext) {
  const reporting = Object.create(context, {
    reportError: {
      value: (error: GraphQLError) =>
        context.reportError(ownError(error) === null ? coded(error, 'BAD_USER_INPUT') : error),
    },
  }) as ValidationContext;
  return ValuesOfCorrectTypeRule(reporting);
}

function validationError(error: GraphQLError): GraphQLError {
  const own = ownError(error);
  if (own !== null) return coded(error, own.extensions['code'] as ErrorCode, own.message);
  if ('code' in error.extensions) return error;
  // graphql-js names fields, types and arguments of the query here, which its author knows.
  return coded(error, 'GRAPHQL_VALIDATION_FAILED', error.message.slice(0, 300));
}

function coded(error: Error, code: ErrorCode, message: string = MESSAGES[code]): GraphQLError {
  const { nodes, source, positions } = error as Partial<GraphQLError>;
  const extensions = { code, ...REQUEST_ERROR };
  return new GraphQLError(message, { nodes, source, positions, extensions } as object);
}

function toShown(error: GraphQLError, log: Log): GraphQLError {
  // An error without a path is about the whole request, not about a field.
  const request = error.path === undefined ? REQUEST_ERROR : {};
  const own = ownError(error);
  if (own !== null) return relocated(error, own.message, { ...own.extensions, ...request });
  const cause = rootCause(error);
  if (isAboutValue(error) && cause instanceof GraphQLError) {
    return relocated(error, MESSAGES.BAD_USER_INPUT, { code: 'BAD_USER_INPUT', ...request });
  }
  if (cause instanceof EngineError) {
    log(cause, cause.code);
    const shown = toPublicError(cause);
    return relocated(error, shown.message, shown.extensions);
  }
  const given = String(error.extensions?.['code']);
  if (CODED_HERE.has(given)) return error;
  return Object.hasOwn(MESSAGES, given)
    ? shownByYoga(error, given as ErrorCode)
    : shownWithoutCode(error, cause, log);
}

/** Yoga's own text and its cause would quote the request. */
function shownByYoga(error: GraphQLError, code: ErrorCode): GraphQLError {
  const http = code === 'BAD_REQUEST' ? { http: { status: 400 } } : {};
  return relocated(error, MESSAGES[code], { code, ...http });
}

/** What has a cause is a bug; errors of graphql-js and Yoga about the request itself have none. */
function shownWithoutCode(error: GraphQLError, cause: Error, log: Log): GraphQLError {
  if (cause !== error) {
    log(cause, 'INTERNAL_SERVER_ERROR');
    return relocated(error, MESSAGES.INTERNAL_SERVER_ERROR, { code: 'INTERNAL_SERVER_ERROR' });
  }
  const code = /operation/i.test(error.message) ? 'OPERATION_RESOLUTION_FAILURE' : 'BAD_REQUEST';
  const { http } = error.extensions as { http?: object };
  return relocated(error, MESSAGES[code], { code, http: http ?? REQUEST_ERROR.http });
}

/**
 * Whether the value of a variable is refused, or of an argument that takes one. graphql-js keeps what its
 * type says as the cause, which is a GraphQLError too; any other cause is a bug in a scalar.
 */
function isAboutValue({ message }: GraphQLError): boolean {
  return message.startsWith('Variable "$') || message.startsWith('Argument "');
}

function relocated(error: GraphQLError, message: string, extensions: object): GraphQLError {
  const { nodes, source, positions, path } = error;
  const http = error.extensions?.['http'] === undefined ? {} : { http: error.extensions['http'] };
  return new GraphQLError(message, {
    nodes,
    source,
    positions,
    path,
    extensions: { ...http, ...extensions },
  } as object);
}

/** The error of ours that graphql-js has wrapped, perhaps more than once. */
function ownError(error: Error | undefined): PublicError | null {
  for (let at = error; at !== undefined; at = (at as GraphQLError).originalError) {
    if (at instanceof PublicError) return at;
  }
  return null;
}

function rootCause(error: GraphQLError): Error {
  let at: Error = error;
  while (at instanceof GraphQLError && at.originalError !== undefined) at = at.originalError;
  return at;
}

/** The first few errors of each cause, which a hundred thousand fields may share; more are never shown. */
function withoutRepetitions(errors: readonly GraphQLError[]): readonly GraphQLError[] {
  const seen = new Map<Error, number>();
  return errors.filter((error) => {
    const cause = rootCause(error);
    const times = (seen.get(cause) ?? 0) + 1;
    seen.set(cause, times);
    return times <= MAX_ERRORS;
  });
}

function firstOfEach(errors: readonly GraphQLError[]): GraphQLError[] {
  const kinds = new Set<string>();
  const isFirst = ({ extensions }: GraphQLError) => {
    const kind = `${String(extensions['code'])} ${String(extensions['engine'])}`;
    return kinds.size < kinds.add(kind).size;
  };
  const first = errors.map(isFirst);
  const sorted = [...errors.filter((_, at) => first[at]), ...errors.filter((_, at) => !first[at])];
  return sorted.slice(0, MAX_ERRORS);
}
