import { GraphQLError } from 'graphql';
import type { EngineError, EngineErrorCode } from './engine/engine-error.ts';

/** The closed list of `extensions.code`, each with the only text that a client sees for it. */
export const MESSAGES = {
  BAD_REQUEST: 'The request is not a GraphQL request. Send JSON with a query.',
  GRAPHQL_PARSE_FAILED: 'The query is not valid GraphQL.',
  GRAPHQL_VALIDATION_FAILED: 'The query does not fit the schema.',
  OPERATION_RESOLUTION_FAILURE: 'Name one of the operations of the document in operationName.',
  BAD_USER_INPUT:
    'An argument or variable is missing, or has a value that its type does not allow.',
  INVALID_REFERENCE:
    'Not an image reference. Use name, name:tag, name@digest, or an image ID of at least 4 hex digits.',
  PAGE_SIZE_OUT_OF_RANGE: 'Ask for 1 to 1000 items with either first or last.',
  QUERY_TOO_COMPLEX: 'The answer would have more than 100000 rows. Ask for smaller pages.',
  MAX_DEPTH_LIMIT: 'The query is nested deeper than 15 fields. Ask in several steps.',
  MAX_ALIASES_LIMIT: 'The query has more than 30 aliases. Ask in several queries.',
  MAX_ROOT_FIELDS_LIMIT: 'The query has more than 20 fields at its top. Ask in several queries.',
  MAX_FIELDS_LIMIT:
    'The query has more than 500 fields, fragments spread out. Ask for less at once.',
  MAX_DIRECTIVES_LIMIT: 'The query has more than 20 directives. Ask in several queries.',
  EXPENSIVE_FIELD_LIMIT:
    'The query asks registries, for disk usage or for what a prune would do more than 10 times. Ask in several queries.',
  TOO_MANY_REPRESENTATIONS: 'Ask for 100 entities at most. Set a batch limit in the router.',
  METHOD_NOT_ALLOWED: 'Send queries by POST.',
  UNSUPPORTED_MEDIA_TYPE: 'Send the query as application/json in UTF-8.',
  NOT_ACCEPTABLE: 'Accept text/event-stream for a subscription, application/json for all else.',
  SUBSCRIPTION_LIMIT: 'Too many subscriptions are open. Try again later.',
  EVENTS_OVERFLOW: 'More happened than was read. Subscribe again.',
  RATE_LIMITED: 'Too many requests. Try again later.',
  OVERLOADED: 'The server has too much to do. Try again later.',
  PAYLOAD_TOO_LARGE: 'The request is too large. Send less at once.',
  UNAUTHENTICATED: 'Send the token of this server as Authorization: Bearer TOKEN.',
  PERSISTED_QUERY_NOT_FOUND:
    'No operation of this id or hash is known here. Send the query itself or, with trusted documents, the id of one.',
  TRUSTED_DOCUMENTS_ONLY: 'Only the operations of a given manifest may be run. Send the id of one.',
  HOST_NOT_ALLOWED:
    'This is not the address of this server. Use the one that it printed when it started; whoever runs it allows others with --allow-host.',
  ORIGIN_NOT_ALLOWED:
    'Pages of other origins may not use this server. Ask from its own page or from none; whoever runs it allows others with --allow-origin.',
  ENGINE_UNKNOWN: 'No engine of this name is configured. Query engines { name } lists them.',
  ENGINE_UNAVAILABLE: 'The engine cannot be reached.',
  ENGINE_TIMEOUT: 'The engine did not answer in time.',
  ENGINE_OVERLOADED: 'Too many calls wait for the engine. Try again later.',
  ENGINE_FORBIDDEN: 'The engine, or a proxy before it, refuses this call.',
  ENGINE_INCOMPATIBLE: 'The engine speaks no API version from 1.24 to 1.56.',
  ENGINE_BAD_RESPONSE: 'The engine gave an answer that cannot be read.',
  ENGINE_ERROR: 'The engine failed to answer.',
  RESPONSE_TOO_LARGE: 'The engine gave an answer that is too large.',
  UNSUPPORTED_BY_ENGINE: 'No engine that was asked can do this.',
  NOT_FOUND: 'The engine has no such thing.',
  CONFLICT: 'The engine is busy with a conflicting operation.',
  REGISTRY_NOT_ALLOWED:
    'This registry may not be asked. Whoever runs the server allows it with --registry HOST.',
  REGISTRY_UNAUTHORIZED:
    'The registry refuses to tell. On the machine of the server, docker login gives it credentials.',
  REGISTRY_RATE_LIMITED: 'The registry has been asked too often. Try again later.',
  REGISTRY_TIMEOUT: 'The registry did not answer in time.',
  REGISTRY_UNAVAILABLE: 'The engine cannot reach the registry.',
  INTERNAL_SERVER_ERROR: 'Unexpected error.',
} as const;

/** One code of the closed list. */
export type ErrorCode = keyof typeof MESSAGES;

/** An error that may be shown as it is: a code of the list and text that holds nothing from outside. */
export class PublicError extends GraphQLError {
  /** @param hint fixed text that replaces the one of the code where more can be said */
  constructor(code: ErrorCode, hint: string = MESSAGES[code], extensions: object = {}) {
    super(hint, { extensions: { code, ...extensions } });
    this.name = 'PublicError';
  }
}

/** The error of what may be had in a second. */
export function overloaded(): PublicError {
  const http = { status: 503, headers: { 'retry-after': '1' } };
  return new PublicError('OVERLOADED', undefined, { http });
}

const RETRYABLE: ReadonlySet<EngineErrorCode> = new Set([
  'ENGINE_UNAVAILABLE',
  'ENGINE_TIMEOUT',
  'ENGINE_OVERLOADED',
  'ENGINE_BAD_RESPONSE',
  'REGISTRY_RATE_LIMITED',
  'REGISTRY_TIMEOUT',
  'REGISTRY_UNAVAILABLE',
]);

/** What a client sees of a failed engine call; the detail stays behind, for the log. */
export function toPublicError(error: EngineError): PublicError {
  const { code, engine, retryAfterMs } = error;
  const wait = retryAfterMs === undefined ? {} : { retryAfterMs };
  return new PublicError(code, MESSAGES[code], {
    engine,
    retryable: RETRYABLE.has(code),
    ...wait,
  });
}
