import { GraphQLError } from 'graphql';
import { EngineError } from '../engine/engine-error.ts';
import { type ErrorCode, MESSAGES, PublicError, toPublicError } from '../errors.ts';

/** Told of what is hidden; gives the extensions by which whoever sees the error can ask for it. */
export type Hide = (error: unknown, code: ErrorCode) => object;

/** Request errors are answered with 400 to clients that accept application/graphql-response+json. */
const REQUEST_ERROR = { http: { spec: true, status: 400 } };

/** What `coded` has made of errors of graphql-js before the operation was executed. */
const CODED_HERE: ReadonlySet<string> = new Set([
  'GRAPHQL_PARSE_FAILED',
  'GRAPHQL_VALIDATION_FAILED',
  'BAD_USER_INPUT',
] satisfies ErrorCode[]);

/** An error of validation: with our code and words where it is of our rules. */
export function validationError(error: GraphQLError): GraphQLError {
  const own = ownError(error);
  if (own !== null) return coded(error, own.extensions['code'] as ErrorCode, own.message);
  if ('code' in error.extensions) return error;
  // graphql-js names fields, types and arguments of the query here, which its author knows.
  return coded(error, 'GRAPHQL_VALIDATION_FAILED', error.message.slice(0, 300));
}

/** An error of the request, with the text of its code and where it is in the query. */
export function coded(
  error: Error,
  code: ErrorCode,
  message: string = MESSAGES[code],
): GraphQLError {
  const { nodes, source, positions } = error as Partial<GraphQLError>;
  const extensions = { code, ...REQUEST_ERROR };
  return new GraphQLError(message, { nodes, source, positions, extensions } as object);
}

/** An error as a client may see it; what it came from goes to the log. */
export function toShown(error: GraphQLError, hide: Hide): GraphQLError {
  // An error without a path is about the whole request, not about a field.
  const request = error.path === undefined ? REQUEST_ERROR : {};
  const own = ownError(error);
  if (own !== null) return relocated(error, own.message, { ...request, ...own.extensions });
  const cause = rootCause(error);
  if (isAboutValue(error) && cause instanceof GraphQLError) {
    return relocated(error, MESSAGES.BAD_USER_INPUT, { code: 'BAD_USER_INPUT', ...request });
  }
  if (cause instanceof EngineError) {
    const shown = toPublicError(cause);
    return relocated(error, shown.message, { ...shown.extensions, ...hide(cause, cause.code) });
  }
  const given = String(error.extensions?.['code']);
  if (CODED_HERE.has(given)) return error;
  return Object.hasOwn(MESSAGES, given)
    ? shownByYoga(error, given as ErrorCode)
    : shownWithoutCode(error, cause, hide);
}

/** Yoga's own text and its cause would quote the request. */
function shownByYoga(error: GraphQLError, code: ErrorCode): GraphQLError {
  const http = code === 'BAD_REQUEST' ? { http: { status: 400 } } : {};
  return relocated(error, MESSAGES[code], { code, ...http });
}

/** What has a cause is a bug; errors of graphql-js and Yoga about the request itself have none. */
function shownWithoutCode(error: GraphQLError, cause: Error, hide: Hide): GraphQLError {
  if (cause !== error) {
    const code = 'INTERNAL_SERVER_ERROR';
    return relocated(error, MESSAGES[code], { code, ...hide(cause, code) });
  }
  const { http } = error.extensions as { http?: { status?: number } };
  const code = codeOfRequest(error, http?.status);
  return relocated(error, MESSAGES[code], { code, http: http ?? REQUEST_ERROR.http });
}

function codeOfRequest({ message }: GraphQLError, status: number | undefined): ErrorCode {
  if (status === 413) return 'PAYLOAD_TOO_LARGE';
  return /operation/i.test(message) ? 'OPERATION_RESOLUTION_FAILURE' : 'BAD_REQUEST';
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
export function ownError(error: Error | undefined): PublicError | null {
  for (let at = error; at !== undefined; at = (at as GraphQLError).originalError) {
    if (at instanceof PublicError) return at;
  }
  return null;
}

/** What an error of graphql-js was made of. */
export function rootCause(error: GraphQLError): Error {
  let at: Error = error;
  while (at instanceof GraphQLError && at.originalError !== undefined) at = at.originalError;
  return at;
}

/**
 * For errors that a cache of documents keeps: until its stack is read, an error holds the functions on it with all
 * that they know, which is the whole request here, its connection included.
 */
export function forgetCallers(error: Error): void {
  for (let at: Error | undefined = error; at !== undefined; at = (at as GraphQLError).originalError)
    void at.stack;
}
