/** What an id may look like: it is repeated in answers and logs. */
const VALID = /^[A-Za-z0-9._-]{1,64}$/;

/** The header that bears the id of a request, to us and back. */
export const REQUEST_ID = 'x-request-id';

/** An id by which a request, errors in its answer and lines of the log belong together; null for any other text. */
export function toRequestId(text: string | null): string | null {
  return text !== null && VALID.test(text) ? text : null;
}

/** The id of a request that came with one. */
export function requestIdOf({ headers }: { readonly headers: Headers }): string | null {
  return toRequestId(headers.get(REQUEST_ID));
}
