import { createHash, timingSafeEqual } from 'node:crypto';
import type http from 'node:http';

/** Whether a request carries the token. */
export type TokenCheck = (request: http.IncomingMessage) => boolean;

/** Takes as long for a token that is nearly right as for any other: digests are compared, as a whole. */
export function createTokenCheck(token: string): TokenCheck {
  const expected = digest(token);
  return ({ headers: { authorization = '' } }) => {
    const [, given] = /^Bearer ([\x21-\x7e]+)$/i.exec(authorization) ?? [];
    return timingSafeEqual(digest(given ?? ''), expected) && given !== undefined;
  };
}

function digest(text: string): Buffer {
  return createHash('sha256').update(text).digest();
}
