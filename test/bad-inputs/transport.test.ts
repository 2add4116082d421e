import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { type Exchange, type HttpGateway, startHttpGateway } from '../support/http-gateway.ts';

const TOKEN = 'a-token-that-is-long-enough-to-be-one';
const SECRET = 'hunter2-do-not-repeat';
const QUERY = JSON.stringify({ query: '{ images { totalCount } }' });
const ANSWER = { data: { images: { totalCount: 3 } } };

let gateway: HttpGateway;
beforeAll(async () => {
  gateway = await startHttpGateway({ server: { token: TOKEN } });
});
beforeEach(() => void gateway.calls.splice(0));
afterAll(() => gateway.close());

interface Sent {
  readonly line?: string;
  /** Those of a good request, changed; null leaves one out. */
  readonly headers?: Readonly<Record<string, string | null>>;
  /** Whole header lines besides. */
  readonly lines?: readonly string[];
  readonly body?: string | Buffer;
}

/** A request that is good but for what is given. PORT stands for the server's own. */
function send({ line = 'POST /graphql HTTP/1.1', headers = {}, lines = [], body = QUERY }: Sent) {
  const all = {
    Host: 'localhost:PORT',
    Authorization: `Bearer ${TOKEN}`,
    'Content-Type': 'application/json',
    'Content-Length': String(Buffer.byteLength(body)),
    Connection: 'close',
    ...headers,
  };
  const given = Object.entries(all).flatMap(([name, value]) =>
    value === null ? [] : [`${name}: ${value}`],
  );
  const head = [line, ...given, ...lines, '', ''].join('\r\n');
  return gateway.exchange(head.replaceAll('PORT', String(gateway.port)), body);
}

/** Nothing of what was sent, and nothing of the machine. */
function expectClean({ status, body }: Exchange): void {
  expect(status).not.toBe(500);
  expect(body).not.toMatch(/hunter2|node_modules|\bat \/|\.ts:|evil/);
  expect(body.length).toBeLessThan(10_000);
  expect(gateway.calls).toEqual([]);
  expect(gateway.hidden).toEqual([]);
}

const json = (value: unknown): Sent => ({ body: JSON.stringify(value) });
const host = (value: string | null): Sent => ({ headers: { Host: value } });
const origin = (value: string): Sent => ({ headers: { Origin: value } });
const type = (value: string | null): Sent => ({ headers: { 'Content-Type': value } });
const method = (name: string): Sent => ({ line: `${name} /graphql HTTP/1.1` });
const path = (target: string): Sent => ({ line: `POST ${target} HTTP/1.1` });
const token = (value: string | null): Sent => ({ headers: { Authorization: value } });
const chunked = (bytes: number): Sent => ({
  headers: { 'Content-Length': null, 'Transfer-Encoding': 'chunked' },
  body: `${bytes.toString(16)}\r\n${'x'.repeat(bytes)}\r\n0\r\n\r\n`,
});

describe('a request that is refused at the door', () => {
  it.each<[string, Sent, number, string | null]>([
    ['B1 a foreign Host', host('evil.example'), 403, 'HOST_NOT_ALLOWED'],
    ['B2 its name before another', host('localhost.evil.example:PORT'), 403, 'HOST_NOT_ALLOWED'],
    ['B3 localhost without a port', host('localhost'), 403, 'HOST_NOT_ALLOWED'],
    ['B3 an address without a port', host('127.0.0.1'), 403, 'HOST_NOT_ALLOWED'],
    ['B4 a user in Host', host('localhost@evil'), 403, 'HOST_NOT_ALLOWED'],
    ['B5 no name at all', host('a b\\c'), 403, 'HOST_NOT_ALLOWED'],
    ['B6 an empty Host', host(''), 403, 'HOST_NOT_ALLOWED'],
    ['B7 no Host', host(null), 400, null],
    [
      'B8 HTTP/1.0 without Host',
      { line: 'POST /graphql HTTP/1.0', headers: { Host: null } },
      403,
      'HOST_NOT_ALLOWED',
    ],
    ['B9 two Hosts', { lines: ['Host: localhost:PORT'] }, 403, 'HOST_NOT_ALLOWED'],
    ['B9 a second, foreign Host', { lines: ['Host: evil.example'] }, 403, 'HOST_NOT_ALLOWED'],
    ['B10 a target with a host', path('http://evil/graphql'), 403, 'HOST_NOT_ALLOWED'],
    ['B11 a dot after the port', host('localhost:PORT.'), 403, 'HOST_NOT_ALLOWED'],
    ['B11 the wildcard address', host('0.0.0.0:PORT'), 403, 'HOST_NOT_ALLOWED'],
    ['B11 a mapped address', host('[::ffff:127.0.0.1]:PORT'), 403, 'HOST_NOT_ALLOWED'],
    ['B13 a foreign Origin', origin('http://evil.example'), 403, 'ORIGIN_NOT_ALLOWED'],
    ['B14 Origin null', origin('null'), 403, 'ORIGIN_NOT_ALLOWED'],
    ['B14 a file for Origin', origin('file://'), 403, 'ORIGIN_NOT_ALLOWED'],
    ['B15 another port for Origin', origin('http://localhost:1'), 403, 'ORIGIN_NOT_ALLOWED'],
    ['B15 https for Origin', origin('https://localhost:PORT'), 403, 'ORIGIN_NOT_ALLOWED'],
    [
      'B16 a preflight from elsewhere',
      {
        line: 'OPTIONS /graphql HTTP/1.1',
        headers: { Origin: 'http://evil.example', 'Access-Control-Request-Method': 'POST' },
      },
      403,
      'ORIGIN_NOT_ALLOWED',
    ],
    [
      'B17 Sec-Fetch-Site: cross-site',
      { headers: { 'Sec-Fetch-Site': 'cross-site' } },
      403,
      'ORIGIN_NOT_ALLOWED',
    ],
    [
      'B17 Sec-Fetch-Site: same-site',
      { headers: { 'Sec-Fetch-Site': 'same-site' } },
      403,
      'ORIGIN_NOT_ALLOWED',
    ],
    ['B19 text', type('text/plain'), 415, 'UNSUPPORTED_MEDIA_TYPE'],
    ['B20 a form', type('application/x-www-form-urlencoded'), 415, 'UNSUPPORTED_MEDIA_TYPE'],
    ['B21 multipart', type('multipart/form-data; boundary=x'), 415, 'UNSUPPORTED_MEDIA_TYPE'],
    ['B22 application/graphql', type('application/graphql'), 415, 'UNSUPPORTED_MEDIA_TYPE'],
    [
      'B23 JSON in a parameter of text',
      type('text/plain;a="application/json"'),
      415,
      'UNSUPPORTED_MEDIA_TYPE',
    ],
    ['B24 no content type', type(null), 415, 'UNSUPPORTED_MEDIA_TYPE'],
    ['B25 UTF-16', type('application/json; charset=utf-16'), 415, 'UNSUPPORTED_MEDIA_TYPE'],
    ...['GET', 'PUT', 'DELETE', 'PATCH', 'TRACE', 'OPTIONS'].map(
      (name): [string, Sent, number, string] => [
        `B26 ${name}`,
        method(name),
        405,
        'METHOD_NOT_ALLOWED',
      ],
    ),
    [
      'B27 a subscription by GET',
      { ...method('GET'), headers: { Accept: 'text/event-stream' } },
      405,
      'METHOD_NOT_ALLOWED',
    ],
    ['B28 no token', token(null), 401, 'UNAUTHENTICATED'],
    ['B29 a wrong token', token(`Bearer ${SECRET}`), 401, 'UNAUTHENTICATED'],
    ['B29 the token as a password', token(`Basic ${TOKEN}`), 401, 'UNAUTHENTICATED'],
    ['B29 the token and more', token(`Bearer ${TOKEN}x`), 401, 'UNAUTHENTICATED'],
    ['B29 half the token', token(`Bearer ${TOKEN.slice(0, 9)}`), 401, 'UNAUTHENTICATED'],
    ['B29 the token without its scheme', token(TOKEN), 401, 'UNAUTHENTICATED'],
    [
      'B30 the token in a cookie only',
      { headers: { Authorization: null, Cookie: `token=${TOKEN}` } },
      401,
      'UNAUTHENTICATED',
    ],
    [
      'B30 the token in the address only',
      { ...path(`/graphql?token=${TOKEN}`), headers: { Authorization: null } },
      401,
      'UNAUTHENTICATED',
    ],
    ['B31 a token of 16 KB', token(`Bearer ${'x'.repeat(16_384)}`), 431, null],
    ['B33 gzip', { headers: { 'Content-Encoding': 'gzip' } }, 415, 'UNSUPPORTED_MEDIA_TYPE'],
    ['B34 two framings', { headers: { 'Transfer-Encoding': 'chunked' } }, 400, null],
    ['B35 a negative length', { headers: { 'Content-Length': '-1' } }, 400, null],
    ['B35 two lengths', { lines: ['Content-Length: 5'] }, 400, null],
    ['B36 a folded header', { lines: ['X-A: b', ' c'] }, 400, null],
    ['B37 a header of 17 KB', { headers: { 'X-A': 'x'.repeat(17_000) } }, 431, null],
    [
      'B38 500 headers',
      { lines: Array.from({ length: 500 }, (_, at) => `X-${at}: 1`) },
      431,
      'PAYLOAD_TOO_LARGE',
    ],
    [
      'B38 1,500 headers',
      { lines: Array.from({ length: 1_500 }, (_, at) => `X-${at}: 1`) },
      431,
      null,
    ],
    ...[
      '//graphql',
      '/x/../graphql',
      '/graphql%2f',
      '/graphql/',
      '/GRAPHQL',
      '/graphql?x=1',
      '/',
    ].map((target): [string, Sent, number, string] => [
      `B39 ${target}`,
      path(target),
      404,
      'BAD_REQUEST',
    ]),
    [
      'B41 a WebSocket',
      {
        ...method('GET'),
        headers: { Connection: 'close, Upgrade', Upgrade: 'websocket', 'Content-Length': '0' },
        body: '',
      },
      405,
      'METHOD_NOT_ALLOWED',
    ],
    ['B50 a body of 300 KB', { body: 'x'.repeat(300_000) }, 413, 'PAYLOAD_TOO_LARGE'],
    ['B51 chunks of 1 MB', chunked(1_000_000), 413, 'PAYLOAD_TOO_LARGE'],
    [
      'B52 a body of a terabyte, of which nothing comes',
      { headers: { 'Content-Length': '1000000000000' }, body: '' },
      413,
      'PAYLOAD_TOO_LARGE',
    ],
    [
      'B59 a comment of 1 MB',
      json({ query: `#${'x'.repeat(1_000_000)}\n{__typename}` }),
      413,
      'PAYLOAD_TOO_LARGE',
    ],
  ])('%s', async (_, sent, status, code) => {
    const answer = await send(sent);
    expect([answer.status, code === null ? null : answer.code]).toEqual([status, code]);
    expect(answer.headers['access-control-allow-origin']).toBeUndefined();
    expectClean(answer);
  });

  it('B26 HEAD, and says what is allowed', async () => {
    const answer = await send(method('HEAD'));
    expect([answer.status, answer.headers['allow'], answer.body]).toEqual([405, 'POST', '']);
  });

  it('B28 says how to come in', async () => {
    const { headers } = await send(token(null));
    expect(headers['www-authenticate']).toMatch(/^Bearer/);
  });

  it('B36 a line that ends with a line feed alone', async () => {
    const bytes = `POST /graphql HTTP/1.1\nHost: localhost:${gateway.port}\n\n`;
    expect((await gateway.exchange(bytes)).status).toBe(400);
  });

  it('B40 CONNECT: the connection is closed', async () => {
    const answer = await send({ line: 'CONNECT evil.example:443 HTTP/1.1', body: '' });
    expect(answer).toMatchObject({ status: 0, body: '' });
  });

  it('B51 a body without an end', async () => {
    const { port } = gateway;
    const head = `POST /graphql HTTP/1.1\r\nHost: localhost:${port}\r\nAuthorization: Bearer ${TOKEN}\r\nContent-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\n`;
    const chunk = `10000\r\n${'x'.repeat(65_536)}\r\n`;
    // The server closes: it would take this for ever otherwise.
    const answer = await gateway.exchange(head, ...Array.from({ length: 64 }, () => chunk));
    expect([0, 413]).toContain(answer.status);
  });

  it('is told to the log by the value that was refused', async () => {
    await send(host('images.example.com'));
    await send(origin('https://images.example.com'));
    expect(gateway.refused.slice(-2)).toEqual([
      'Host: images.example.com',
      'Origin: https://images.example.com',
    ]);
  });
});

describe('a request that is let in', () => {
  it.each<[string, Sent]>([
    ['its Host in capitals (B12)', host('LOCALHOST:PORT')],
    ['its address', host('127.0.0.1:PORT')],
    ['its own origin (B18)', origin('http://localhost:PORT')],
    ['a charset', type('application/json;charset="UTF-8"')],
    ['its content type in capitals', type('Application/JSON')],
    ['the scheme of its token in small letters', token(`bearer ${TOKEN}`)],
    ['Sec-Fetch-Site: same-origin', { headers: { 'Sec-Fetch-Site': 'same-origin' } }],
    ['a BOM before the query (B54)', json({ query: '\ufeff{ images { totalCount } }' })],
    [
      'a key twice, of which the last counts (B53)',
      { body: `{"query":"{ ${SECRET} }","query":"{ images { totalCount } }"}` },
    ],
    [
      'nine thousand brackets for a variable that nobody asks for (B58)',
      { body: `${QUERY.slice(0, -1)},"variables":{"v":${'['.repeat(9e3)}${']'.repeat(9e3)}}}` },
    ],
  ])('for %s', async (_, sent) => {
    const { status, body } = await send(sent);
    expect([status, JSON.parse(body)]).toEqual([200, ANSWER]);
  });
});

describe('a request that is no GraphQL', () => {
  const spec = { Accept: 'application/graphql-response+json' };
  it.each<[string, string | Buffer, string]>([
    ['B42 nothing', '', 'BAD_REQUEST'],
    ['B43 a brace', `{${SECRET}`, 'BAD_REQUEST'],
    ['B44 null', 'null', 'BAD_REQUEST'],
    ['B44 a number', '42', 'BAD_REQUEST'],
    ['B44 a text', `"${SECRET}"`, 'BAD_REQUEST'],
    ['B44 a list', '[]', 'BAD_REQUEST'],
    ['B45 a number for a query', '{"query":1}', 'BAD_REQUEST'],
    ['B45 no query', '{}', 'BAD_REQUEST'],
    ['B46 a list for variables', '{"query":"{__typename}","variables":[]}', 'BAD_REQUEST'],
    ['B46 a text for variables', '{"query":"{__typename}","variables":"x"}', 'BAD_REQUEST'],
    ['B46 a text for extensions', '{"query":"{__typename}","extensions":"x"}', 'BAD_REQUEST'],
    ['B47 __proto__', '{"query":"{__typename}","__proto__":{}}', 'BAD_REQUEST'],
    ['B48 an unknown key', `{"query":"{__typename}","${SECRET}":1}`, 'BAD_REQUEST'],
    ['B49 no UTF-8', Buffer.from('\xff\xfe{"query":"{__typename}"}', 'latin1'), 'BAD_REQUEST'],
    ['B55 NUL in a query', '{"query":"{\\u0000__typename}"}', 'GRAPHQL_PARSE_FAILED'],
    [
      'B56 two operations without a name',
      '{"query":"{__typename} {__typename}"}',
      'OPERATION_RESOLUTION_FAILURE',
    ],
    [
      'B56 an unknown operation name',
      `{"query":"query A {__typename}","operationName":"${SECRET}"}`,
      'OPERATION_RESOLUTION_FAILURE',
    ],
    [
      'B57 a number for a name',
      '{"query":"{__typename}","operationName":1}',
      'OPERATION_RESOLUTION_FAILURE',
    ],
  ])('%s', async (_, body, code) => {
    const answer = await send({ body, headers: spec });
    expect([answer.status, answer.code]).toEqual([400, code]);
    expectClean(answer);
  });

  it('B32 an answer as a picture', async () => {
    const answer = await send({ headers: { Accept: 'image/png' } });
    expect([answer.status, answer.code]).toEqual([406, 'NOT_ACCEPTABLE']);
    expectClean(answer);
  });
});

describe('a header that must be alone', () => {
  it.each([
    ['a second token', [`Authorization: Bearer ${TOKEN}`]],
    ['a second content type', ['Content-Type: text/plain']],
    ['a second origin', ['Origin: http://localhost:PORT', 'Origin: http://evil.example']],
  ])('is not: %s', async (_, lines) => {
    const answer = await send({ lines });
    expect([answer.status, answer.code]).toEqual([400, 'BAD_REQUEST']);
    expectClean(answer);
  });
});

describe('requests that do not wait for the answer to the one before', () => {
  it('end their connection, and only one of them costs the engine anything', async () => {
    const head = `POST /graphql HTTP/1.1\r\nHost: localhost:${gateway.port}\r\nAuthorization: Bearer ${TOKEN}\r\nContent-Type: application/json\r\nContent-Length: ${QUERY.length}\r\n\r\n${QUERY}`;
    const answer = await gateway.exchange(head.repeat(20));
    expect(answer.body).toBe('');
    expect(gateway.calls.length).toBeLessThanOrEqual(1);
  });
});
