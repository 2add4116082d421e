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

/**
 * Gives every error its code and the text of that code, and hides what it came from: nothing that an
 * engine said, no value that was sent, no stack. What is hidden goes to the log.
 */
export function usePublicErrors(log: (error: unknown, code: ErrorCode) => void): Plugin<Context> {
  const show = (error: GraphQLError): GraphQLError => toShown(error, log);
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
            if (errors.length > 0) setResult({ ...result, errors: firstOfEach(errors.map(show)) });
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
      const errors = firstOfEach(result.errors.map(show));
      setResult({ ...result, errors } as never);
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

function toShown(
  error: GraphQLError,
  log: (error: unknown, code: ErrorCode) => void,
): GraphQLError {
  const own = ownError(error);
  if (own !== null) return relocated(error, own.message, own.extensions);
  const cause = rootCause(error);
  if (cause instanceof EngineError) {
    log(cause, cause.code);
    const shown = toPublicError(cause);
    return relocated(error, shown.message, shown.extensions);
  }
  const given = String(error.extensions?.['code']);
  if (CODED_HERE.has(given)) return error;
  // Yoga's own text and its cause would quote the request.
  if (Object.hasOwn(MESSAGES, given)) {
    const http = given === 'BAD_REQUEST' ? { http: { status: 400 } } : {};
    return relocated(error, MESSAGES[given as ErrorCode], { code: given, ...http });
  }
  if (cause !== error) {
    log(cause, 'INTERNAL_SERVER_ERROR');
    return relocated(error, MESSAGES.INTERNAL_SERVER_ERROR, { code: 'INTERNAL_SERVER_ERROR' });
  }
  const code = codeOfRequestError(error.message);
  const { http } = error.extensions as { http?: object };
  return relocated(error, MESSAGES[code], { code, http: http ?? REQUEST_ERROR.http });
}

/** Errors of graphql-js and Yoga about the request itself have no cause and no code. */
function codeOfRequestError(message: string): ErrorCode {
  if (message.startsWith('Variable "$') || message.startsWith('Argument "'))
    return 'BAD_USER_INPUT';
  if (/operation/i.test(message)) return 'OPERATION_RESOLUTION_FAILURE';
  return 'BAD_REQUEST';
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
