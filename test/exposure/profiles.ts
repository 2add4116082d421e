import { type Exchange, type HttpGateway, startHttpGateway } from '../support/http-gateway.ts';

export const TOKEN = 'a-token-that-is-long-enough-to-be-one';

/** A server as it is started for one machine, or for others too. */
export interface Profile {
  readonly gateway: HttpGateway;
  /** POSTs JSON with the token, where one is needed; other headers go before. */
  post(body: unknown, headers?: Readonly<Record<string, string>>): Promise<Exchange>;
  /** Any request, with the token where one is needed. */
  request(method: string, path: string, headers?: object, body?: string): Promise<Exchange>;
}

/** Starts a server with the defaults of a bind to loopback, or of one beyond it. */
export async function startProfile(exposed: boolean): Promise<Profile> {
  const gateway = await startHttpGateway({
    server: { graphiql: !exposed, token: exposed ? TOKEN : null },
    gateway: { exposed },
  });
  const request: Profile['request'] = (method, path, headers = {}, body = '') => {
    const all = {
      Host: `localhost:${gateway.port}`,
      Connection: 'close',
      'Content-Length': Buffer.byteLength(body),
      ...(exposed ? { Authorization: `Bearer ${TOKEN}` } : {}),
      ...headers,
    };
    const lines = Object.entries(all).map(([name, value]) => `${name}: ${String(value)}`);
    return gateway.exchange([`${method} ${path} HTTP/1.1`, ...lines, '', body].join('\r\n'));
  };
  return {
    gateway,
    request,
    post: (body, headers) =>
      request(
        'POST',
        '/graphql',
        { 'Content-Type': 'application/json', ...headers },
        typeof body === 'string' ? body : JSON.stringify(body),
      ),
  };
}
