import { hideSecrets } from './secret-forms.ts';

/** How much of what is said is read, and how much of that goes to the log, in characters. */
const MAX_SAID = 4_000;
const MAX_DETAIL = 500;

/**
 * What can go wrong between the gateway and an engine. The codes are part of the public error contract
 * (docs/errors.md); src/errors.ts gives each its fixed text, so nothing that an engine says is shown.
 */
export type EngineErrorCode =
  | 'ENGINE_UNAVAILABLE'
  | 'ENGINE_TIMEOUT'
  | 'ENGINE_OVERLOADED'
  | 'ENGINE_FORBIDDEN'
  | 'ENGINE_INCOMPATIBLE'
  | 'ENGINE_BAD_RESPONSE'
  | 'ENGINE_ERROR'
  | 'RESPONSE_TOO_LARGE'
  | 'NOT_FOUND'
  | 'CONFLICT'
  | 'UNSUPPORTED_BY_ENGINE'
  | RegistryErrorCode;

/** What can go wrong between an engine and a registry that it is made to ask. */
export type RegistryErrorCode =
  | 'REGISTRY_NOT_ALLOWED'
  | 'REGISTRY_UNAUTHORIZED'
  | 'REGISTRY_RATE_LIMITED'
  | 'REGISTRY_TIMEOUT'
  | 'REGISTRY_UNAVAILABLE';

/**
 * A failed engine call: a code for the client, a detail for the log, never the other way round. Engines and registries say
 * what they like: the message never has what looks like a secret, whoever logs it, also with --reveal-secrets.
 */
export class EngineError extends Error {
  override readonly name = 'EngineError';
  readonly code: EngineErrorCode;
  /** The configured engine name; set where the call is made. */
  readonly engine: string;
  /** Of HTTP, when an answer other than 200 is the failure. */
  status?: number;
  /** When it is worth asking again, in milliseconds; undefined when nobody said. */
  retryAfterMs?: number;
  /** Private, so that no log finds it. */
  readonly #said: string;

  constructor(code: EngineErrorCode, engine: string, detail: string, cause?: unknown) {
    const said = detail.slice(0, MAX_SAID);
    // Cut last: half a URL does not show that it has a password in it.
    super(hideSecrets(said).slice(0, MAX_DETAIL), cause === undefined ? undefined : { cause });
    this.code = code;
    this.engine = engine;
    this.#said = said;
  }

  /** Whether what was said is like this, also where it is hidden: "oauth token: denied" looks like a token. */
  says(pattern: RegExp): boolean {
    return pattern.test(this.#said);
  }
}

const CODES_OF_SYSTEM_ERRORS: Readonly<Record<string, EngineErrorCode>> = {
  EACCES: 'ENGINE_FORBIDDEN',
  EPERM: 'ENGINE_FORBIDDEN',
  // Node's HTTP parser and zlib: the peer speaks no HTTP, or half an answer.
  ECONNRESET: 'ENGINE_BAD_RESPONSE',
};

/** Turns what node:http, node:net, node:tls or a dialer throws into an EngineError; keeps one that is. */
export function toEngineError(cause: unknown, engine: string, headReceived: boolean): EngineError {
  if (cause instanceof EngineError) return cause;
  const { code: given } = (cause ?? {}) as { code?: unknown };
  // A DOMException has a number here.
  const code = typeof given === 'string' ? given : '';
  const detail = cause instanceof Error ? `${code} ${cause.message}`.trim() : String(cause);
  if (cause instanceof DOMException && cause.name === 'TimeoutError') {
    return new EngineError('ENGINE_TIMEOUT', engine, detail, cause);
  }
  if (code.startsWith('HPE_')) return new EngineError('ENGINE_BAD_RESPONSE', engine, detail, cause);
  const known = CODES_OF_SYSTEM_ERRORS[code];
  if (known === 'ENGINE_FORBIDDEN' || (headReceived && known)) {
    return new EngineError(known, engine, detail, cause);
  }
  return new EngineError('ENGINE_UNAVAILABLE', engine, detail, cause);
}

/** The code of an HTTP status that an engine answers (moby daemon/server/httpstatus). */
export function codeOfStatus(status: number, message: string): EngineErrorCode {
  // "client version 1.52 is too new", "… too old" (1.13+), "client is newer than server" (1.12).
  if (status === 400 && /client version .* too (new|old)|client is newer/i.test(message)) {
    return 'ENGINE_INCOMPATIBLE';
  }
  if (status >= 300 && status < 400) return 'ENGINE_BAD_RESPONSE';
  if (status === 401 || status === 403) return 'ENGINE_FORBIDDEN';
  if (status === 404) return 'NOT_FOUND';
  if (status === 409) return 'CONFLICT';
  if (status === 502 || status === 503 || status === 504) return 'ENGINE_UNAVAILABLE';
  return 'ENGINE_ERROR';
}
