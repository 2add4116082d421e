import http from 'node:http';
import net from 'node:net';
import { gunzipSync } from 'node:zlib';
import { afterAll, describe, expect, it } from 'vitest';
import { createGateway } from '../../src/gateway.ts';
import { listen } from '../../src/server/http-server.ts';

const gateway = createGateway({ indexes: new Map(), onHiddenError: () => {} });
const server = await listen({
  address: { host: '127.0.0.1', port: 0 },
  graphiql: true,
  graphql: (request, response) => void gateway(request, response),
});
afterAll(() => server.close());
const { port } = new URL(server.url);

interface Reply {
  readonly status: number;
  readonly headers: http.IncomingHttpHeaders;
  readonly body: Buffer;
}

function send(method: string, path: string, headers: Record<string, string>, body?: string) {
  return new Promise<Reply>((resolve, reject) => {
    const request = http.request({ port, host: '127.0.0.1', method, path, headers }, (response) => {
      const chunks: Buffer[] = [];
      response.on('data', (chunk: Buffer) => chunks.push(chunk));
      response.on('end', () =>
        resolve({
          status: response.statusCode ?? 0,
          headers: response.headers,
          body: Buffer.concat(chunks),
        }),
      );
    });
    request.on('error', reject);
    request.end(method === 'GET' ? undefined : body);
  });
}
const JSON_TYPE = { 'content-type': 'application/json' };
const QUERY = '{"query":"{ __typename }"}';

describe('the server', () => {
  it('answers a query', async () => {
    const reply = await send('POST', '/graphql', JSON_TYPE, QUERY);
    expect(JSON.parse(reply.body.toString())).toEqual({ data: { __typename: 'Query' } });
  });

  it.each([
    ['a foreign Host', 'POST', '/graphql', { ...JSON_TYPE, host: 'evil.example' }, 403],
    ['a foreign Origin', 'POST', '/graphql', { ...JSON_TYPE, origin: 'http://evil.example' }, 403],
    ['a form', 'POST', '/graphql', { 'content-type': 'application/x-www-form-urlencoded' }, 415],
    ['text', 'POST', '/graphql', { 'content-type': 'text/plain' }, 415],
    ['a query by GET', 'GET', '/graphql?query={__typename}', { accept: 'application/json' }, 405],
    ['another method', 'PUT', '/graphql', JSON_TYPE, 405],
    ['another path', 'POST', '/graphqlx', JSON_TYPE, 404],
  ])('refuses %s', async (_, method, path, headers, status) => {
    expect((await send(method, path, headers, QUERY)).status).toBe(status);
  });

  it('says where queries go to whoever asks elsewhere', async () => {
    const reply = await send('GET', '/', {}, '');
    expect(JSON.parse(reply.body.toString())).toEqual({
      errors: [
        {
          message: 'There is nothing at this path. Send queries to /graphql by POST.',
          extensions: { code: 'BAD_REQUEST' },
        },
      ],
    });
  });

  it.each([
    ['an empty body', ''],
    ['broken JSON', '{"query":'],
    ['an array', '[]'],
    ['a number', '42'],
    ['null', 'null'],
    ['a query that is a number', '{"query":1}'],
    ['an unknown key', '{"query":"{__typename}","evil":1}'],
    ['variables that are no object', '{"query":"{__typename}","variables":"x"}'],
    ['two anonymous operations', '{"query":"{__typename} {__typename}"}'],
    ['an unknown operation name', '{"query":"query A {__typename}","operationName":"B"}'],
    ['an operation name that is a number', '{"query":"{__typename}","operationName":1}'],
    ['an open brace 30,000 times', JSON.stringify({ query: '{a'.repeat(30_000) })],
    [
      'an open bracket 30,000 times',
      JSON.stringify({ query: `{image(reference:${'['.repeat(30_000)}` }),
    ],
    [
      'a variable of the wrong type',
      '{"query":"query($f:Int){images(first:$f){totalCount}}","variables":{"f":"SECRET"}}',
    ],
    ['a body over 256 KiB', JSON.stringify({ query: 'x'.repeat(300_000) })],
  ])('answers %s with a coded error, no 500, and nothing echoed', async (_, body) => {
    const accept = 'application/graphql-response+json';
    const reply = await send('POST', '/graphql', { ...JSON_TYPE, accept }, body);
    const text = reply.body.toString();
    expect(reply.status).toBeGreaterThanOrEqual(400);
    expect(reply.status).toBeLessThan(500);
    expect(text).not.toMatch(/SECRET|node_modules|\bat \//);
    if (reply.status !== 413) {
      expect(JSON.parse(text).errors[0].extensions.code).toMatch(/^[A-Z_]+$/);
    }
  });

  it('shows a browser GraphiQL, compressed, and not again while it has not changed', async () => {
    const headers = { accept: 'text/html' };
    const page = await send('GET', '/graphql', headers);
    expect(page.status).toBe(200);
    expect(page.headers['content-encoding']).toBe('gzip');
    expect(gunzipSync(page.body).toString()).toContain('query NewestImages');
    const etag = page.headers.etag ?? '';
    const again = await send('GET', '/graphql', { ...headers, 'if-none-match': etag });
    expect([again.status, again.body.length]).toEqual([304, 0]);
  });

  it('leads who leaves out the path to GraphiQL', async () => {
    const { status, headers } = await send('GET', '/', { accept: 'text/html' });
    expect({ status, location: headers.location }).toEqual({ status: 302, location: '/graphql' });
  });

  it('says that it is alive', async () => {
    expect((await send('GET', '/healthz', {})).status).toBe(200);
  });

  it('survives garbage', async () => {
    await new Promise((resolve) => {
      const socket = net.connect(Number(port), '127.0.0.1', () => socket.end('\0\r\n\r\n'));
      socket.resume().on('error', resolve).on('close', resolve);
    });
    expect((await send('POST', '/graphql', JSON_TYPE, QUERY)).status).toBe(200);
  });
});
