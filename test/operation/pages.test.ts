import http from 'node:http';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { type Program, start } from '../main/program.ts';
import { seriesOf, valueOf } from './metrics-text.ts';

let program: Program;
beforeAll(async () => {
  program = await start({ args: ['--engine', 'sample'] });
});
afterAll(() => program.stop());

/** By a client that sends any Host, as a probe of an orchestrator does. */
function get(path: string, { host = 'x', method = 'GET' } = {}): Promise<[number, string]> {
  return new Promise((resolve, reject) => {
    const options = { method, headers: { host }, agent: false };
    const request = http.request(new URL(path, program.url), options, (response) => {
      let body = '';
      response.on('data', (chunk: Buffer) => (body += chunk.toString()));
      response.on('end', () => resolve([response.statusCode ?? 0, body]));
    });
    request.on('error', reject).end();
  });
}
const own = () => new URL(program.url).host;
const scrape = async () => (await get('/metrics', { host: own() }))[1];

describe('probes', () => {
  it('say yes, whatever Host they send', async () => {
    expect(await get('/healthz')).toEqual([200, 'ok\n']);
    expect(await get('/readyz')).toEqual([200, 'ready\n']);
    expect(await get('/healthz', { method: 'HEAD' })).toEqual([200, '']);
    expect(await get('/readyz', { method: 'HEAD' })).toEqual([200, '']);
  });

  it('tell a process that is well from one that is of no use', async () => {
    const lonely = await start({ args: ['--engine', 'unix:///nowhere/engine.sock'] });
    const status = async (path: string) => (await fetch(new URL(path, lonely.url))).status;
    expect(await status('/healthz')).toBe(200);
    expect(await status('/readyz')).toBe(503);
    await lonely.stop();
  });

  it('ask nothing of an engine', async () => {
    const calls = async () =>
      (await scrape())
        .split('\n')
        .filter((line) => line.startsWith('imagegraph_engine_calls_total') && !/_ping/.test(line));
    const before = await calls();
    for (let times = 0; times < 20; times++) await get('/readyz');
    expect(await calls()).toEqual(before);
  });
});

describe('metrics', () => {
  it('stand behind the door', async () => {
    expect((await get('/metrics'))[0]).toBe(403);
    const [status, body] = await get('/metrics', { host: own() });
    expect(status).toBe(200);
    expect(body).toContain('# HELP imagegraph_requests_total');
  });

  it('count requests by what they were and how they went', async () => {
    const before = await scrape();
    await program.ask('{ images { totalCount } }');
    await program.ask('{ images { totalCount } }');
    await program.ask('{ nothing }');
    await program.ask('{ broken');
    await get('/graphql', { host: 'evil.example' });
    const after = await scrape();
    const more = (name: string, labels: Record<string, string>) =>
      (valueOf(after, name, labels) ?? 0) - (valueOf(before, name, labels) ?? 0);
    const requests = 'imagegraph_requests_total';
    expect(more(requests, { type: 'query', code: 'OK' })).toBe(2);
    expect(more(requests, { type: 'unknown', code: 'GRAPHQL_VALIDATION_FAILED' })).toBe(1);
    expect(more(requests, { type: 'unknown', code: 'GRAPHQL_PARSE_FAILED' })).toBe(1);
    expect(more(requests, { type: 'unknown', code: 'HOST_NOT_ALLOWED' })).toBe(1);
    expect(more('imagegraph_request_duration_seconds_count', { type: 'query' })).toBe(2);
    const lookups = 'imagegraph_response_cache_lookups_total';
    expect(more(lookups, { result: 'hit' })).toBe(1);
    expect(more(lookups, { result: 'miss' })).toBe(3);
    expect(valueOf(after, 'imagegraph_response_cache_bytes', {})).toBeGreaterThan(0);
  });

  it('tell how the engine and its index do', async () => {
    await vi.waitFor(
      async () => {
        const text = await scrape();
        const one = (name: string, labels: object) =>
          valueOf(text, name, { engine: 'sample', ...labels });
        expect(one('imagegraph_engine_status', { status: 'READY' })).toBe(1);
        expect(one('imagegraph_engine_status', { status: 'UNAVAILABLE' })).toBe(0);
        expect(one('imagegraph_engine_circuit', { state: 'CLOSED' })).toBe(1);
        expect(one('imagegraph_index_images', {})).toBe(6);
        const age =
          Date.now() / 1_000 - (one('imagegraph_index_last_full_read_timestamp_seconds', {}) ?? 0);
        expect(age).toBeLessThan(60);
        const list = { endpoint: '/images/json', code: 'OK' };
        expect(one('imagegraph_engine_calls_total', list)).toBeGreaterThan(0);
      },
      { timeout: 10_000 },
    );
  });

  it('hold nothing that a client or an engine said', async () => {
    await program.ask('query Canary { canary: image(reference: "demo/web:canary") { id } }');
    await program.ask('{ image(reference: "demo/web") { config { user } history { createdBy } } }');
    const text = await scrape();
    const inspect = { engine: 'sample', endpoint: '/images/{name}/json', code: 'OK' };
    expect(valueOf(text, 'imagegraph_engine_calls_total', inspect)).toBeGreaterThan(0);
    for (const said of ['canary', 'demo', 'web', 'sha256']) {
      expect(text.toLowerCase()).not.toContain(said);
    }
  });

  it('have names, units and help as Prometheus wants them', async () => {
    const series = seriesOf(await scrape());
    expect(series.length).toBeGreaterThan(25);
    for (const { name, type, help } of series) {
      expect(name).toMatch(/^(imagegraph|process|nodejs)_[a-z0-9_]+$/);
      expect(help.length).toBeGreaterThan(10);
      if (name.startsWith('imagegraph_')) expect(name.endsWith('_total')).toBe(type === 'counter');
    }
  });
});
