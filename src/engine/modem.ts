import { routeOf } from './allowed-paths.ts';
import { EngineError } from './engine-error.ts';
import type { ApiVersion } from './engine-facts.ts';
import type { BodyReader } from './read-body.ts';
import type { Lane } from './engine-request.ts';
import type { Transport } from './transport.ts';

/** How one call is made: bound to the modem that dockerode is given for that call. */
export interface Call<Result> {
  /** Prefix of the path; null for the unversioned /version and /_ping. */
  readonly api: ApiVersion | null;
  readonly headTimeoutMs: number | null;
  readonly signal: AbortSignal;
  readonly read: BodyReader<Result>;
  /** Query parameters that dockerode has no way to pass. */
  readonly query?: Readonly<Record<string, string | readonly string[]>>;
  /** queued when left out. */
  readonly lane?: Lane;
  /** Besides Host. */
  readonly headers?: Readonly<Record<string, string>>;
}

/** What dockerode's methods hand to a modem's dial, as far as read-only calls use it. */
interface DialOptions {
  readonly path: string;
  readonly method: string;
  readonly options?: Readonly<Record<string, unknown>>;
}

/**
 * The modem that takes docker-modem's place below dockerode for one call. docker-modem reads DOCKER_HOST
 * from the environment, pastes names unescaped into paths, follows redirects and leaves promises pending;
 * none of its code runs here. inspect, distribution and df drop their query and their abort signal in
 * dockerode 5, so both come with the call.
 * @param endpoint in place of the last part of dockerode's path
 */
export function createModem<Result>(
  engine: string,
  transport: Transport,
  call: Call<Result>,
  endpoint?: string,
) {
  return {
    dial(options: DialOptions, callback: (error: unknown, result?: Result) => void): void {
      const path = options.path.replace(/\?$/, '');
      const asked = endpoint === undefined ? path : path.replace(/[^/]+$/, endpoint);
      send(engine, transport, call, { ...options, path: asked }).then(
        (result) => callback(null, result),
        (error: unknown) => callback(error),
      );
    },
  };
}

async function send<Result>(
  engine: string,
  transport: Transport,
  call: Call<Result>,
  options: DialOptions,
): Promise<Result> {
  const { method, path } = options;
  const endpoint = routeOf(method, path);
  if (endpoint === null) {
    throw new EngineError('ENGINE_FORBIDDEN', engine, `not on the allow-list: ${method} ${path}`);
  }
  const query = toQuery({ ...options.options, ...call.query });
  const prefix = call.api === null ? '' : `/v1.${call.api}`;
  return transport.send({
    method: method as 'GET' | 'HEAD',
    path: `${prefix}${path}${query}`,
    endpoint,
    headTimeoutMs: call.headTimeoutMs,
    signal: call.signal,
    read: call.read,
    lane: call.lane ?? 'queued',
    ...(call.headers === undefined ? {} : { headers: call.headers }),
  });
}

/** Booleans go as 1, objects (filters) as JSON, lists by repeating the key, absent values not at all; the engines take anything but "", 0, no, false, none as true. */
function toQuery(options: Readonly<Record<string, unknown>>): string {
  const query = new URLSearchParams();
  for (const [key, value] of Object.entries(options)) {
    if (value === true) query.set(key, '1');
    else if (typeof value === 'string') query.set(key, value);
    else if (Array.isArray(value)) for (const one of value) query.append(key, String(one));
    else if (typeof value === 'object' && value !== null) query.set(key, JSON.stringify(value));
  }
  const text = query.toString();
  return text === '' ? '' : `?${text}`;
}
