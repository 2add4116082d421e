import { once } from 'node:events';
import http from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type Program, start } from '../main/program.ts';
import type { HttpEngine } from '../support/http-engine.ts';
import { idOf, startStandInEngine } from '../support/stand-in-engine.ts';

interface Attribute {
  readonly key: string;
  readonly value: { readonly stringValue?: string; readonly intValue?: number };
}

interface Span {
  readonly traceId: string;
  readonly spanId: string;
  readonly parentSpanId?: string;
  readonly name: string;
  readonly kind: number;
  readonly status: { readonly code: number };
  readonly attributes: readonly Attribute[];
}

const SERVER = 2;
const CLIENT = 3;
const ERROR = 2;

let collector: http.Server;
let engine: HttpEngine;
let program: Program;
/** Bodies as they came. */
let received: string[];
async function collect(request: http.IncomingMessage, response: http.ServerResponse) {
  received.push(await text(request));
  response.writeHead(200, { 'content-type': 'application/json' }).end('{}');
}
beforeEach(async () => {
  received = [];
  collector = http.createServer((request, response) => void collect(request, response));
  collector.listen(0, '127.0.0.1');
  await once(collector, 'listening');
  engine = await startStandInEngine({ images: [{ Id: idOf(1), RepoTags: ['demo/canary:1'] }] });
});
afterEach(async () => {
  await program.stop();
  collector.close();
  collector.closeAllConnections();
  await engine.close();
});

const endpoint = () => `http://127.0.0.1:${(collector.address() as AddressInfo).port}`;

function begin(env: Record<string, string>): Promise<Program> {
  return start({
    args: ['--engine', `e=unix://${engine.socketPath}`, '--index', 'off'],
    env: { OTEL_BSP_SCHEDULE_DELAY: '50', ...env },
  });
}

const resources = () => received.flatMap((body) => JSON.parse(body).resourceSpans as any[]);
const spans = (): Span[] =>
  resources().flatMap(({ scopeSpans }) => scopeSpans.flatMap((scope: any) => scope.spans));
const attributesOf = ({ attributes }: Span) =>
  Object.fromEntries(
    attributes.map(({ key, value }) => [key, value.stringValue ?? Number(value.intValue)]),
  );

const PARENT = { trace: '0af7651916cd43dd8448eb211c80319c', span: 'b7ad6b7169203331' };
const ask = (query: string, variables = {}) =>
  fetch(program.url, {
    method: 'POST',
    headers: {
      'content-type': 'application/json',
      traceparent: `00-${PARENT.trace}-${PARENT.span}-01`,
    },
    body: JSON.stringify({ query, variables }),
  });

describe('traces', () => {
  it('have a span for each request, below its traceparent, and one for each call to an engine, below that', async () => {
    program = await begin({ OTEL_EXPORTER_OTLP_ENDPOINT: endpoint() });
    await ask('query Canary { images { totalCount } containers: engines { name } }');
    await expect.poll(() => spans().some(({ kind }) => kind === SERVER)).toBe(true);
    const [server] = spans().filter(({ kind }) => kind === SERVER) as [Span];
    expect(server).toMatchObject({
      name: 'POST /graphql',
      traceId: PARENT.trace,
      parentSpanId: PARENT.span,
    });
    expect(attributesOf(server)).toEqual({
      'http.request.method': 'POST',
      'http.route': '/graphql',
      'http.response.status_code': 200,
      'graphql.operation.type': 'query',
      'graphql.operation.name': 'Canary',
    });
    const calls = spans().filter(({ kind }) => kind === CLIENT);
    expect(calls.map(({ name }) => name)).toContain('GET /images/json');
    for (const call of calls) {
      expect(call).toMatchObject({ traceId: PARENT.trace, parentSpanId: server.spanId });
      expect(attributesOf(call)).toMatchObject({ 'imagegraph.engine': 'e' });
    }
    const list = calls.find(({ name }) => name === 'GET /images/json') as Span;
    expect(attributesOf(list)).toEqual({
      'http.request.method': 'GET',
      'url.template': '/images/json',
      'http.response.status_code': 200,
      'imagegraph.engine': 'e',
    });
  });

  it('name the service, and hold neither documents nor variables nor names of images', async () => {
    program = await begin({ OTEL_EXPORTER_OTLP_TRACES_ENDPOINT: `${endpoint()}/v1/traces` });
    const query =
      'query ($name: ImageReference!) { secretAlias: image(reference: $name) { config { user } } }';
    await ask(query, { name: 'demo/canary:1' });
    await program.stop();
    expect(spans().length).toBeGreaterThan(1);
    const told = received.join();
    for (const said of ['secretAlias', 'canary', idOf(1)]) expect(told).not.toContain(said);
    const [first] = resources();
    const attributes = attributesOf(first.resource);
    expect(attributes).toMatchObject({ 'service.name': 'imagegraph' });
    expect(attributes['service.version']).toMatch(/^\d+\.\d+\.\d+/);
  });

  it('say what failed', async () => {
    program = await begin({
      OTEL_EXPORTER_OTLP_ENDPOINT: endpoint(),
      OTEL_SERVICE_NAME: 'images',
    });
    await ask(`{ image(reference: "${idOf(1)}") { config { user } } }`);
    // What is left is sent when the process ends.
    expect(await program.stop()).toBe(0);
    const failed = spans().filter(({ status }) => status.code === ERROR);
    expect(failed.map(({ name }) => name)).toEqual(['GET /images/{name}/json']);
    expect(attributesOf(failed[0] as Span)).toMatchObject({
      'error.type': 'NOT_FOUND',
      'http.response.status_code': 404,
    });
    expect(attributesOf(resources()[0].resource)).toMatchObject({ 'service.name': 'images' });
  });

  it('end in time when the collector hangs', async () => {
    collector.removeAllListeners('request');
    program = await begin({ OTEL_EXPORTER_OTLP_ENDPOINT: endpoint() });
    await ask('{ images { totalCount } }');
    const since = performance.now();
    expect(await program.stop()).toBe(0);
    expect(performance.now() - since).toBeLessThan(5_000);
  });

  it('are not made when nobody collects them', async () => {
    program = await begin({});
    await ask('{ images { totalCount } }');
    await program.stop();
    expect(received).toEqual([]);
  });
});
