import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { frozen, late, status } from './broken-answers.ts';
import { type Fault, type FaultEngine, INSPECTS, startFaultEngine } from './fault-engine.ts';
import { codesOf, type Served, serve } from './served.ts';

const REGISTRY = /^\/distribution\//;
const ASKED = '{ images(first: 6) { nodes { repoTags { registry { descriptor { digest } } } } } }';
const CIRCUIT = '{ engine { status circuit } }';
/** What the engine says of a registry that it asked. */
const said = (code: number, message: string) => status(code, { message });
const HOST = 'registry-1.docker.io';

let engine: FaultEngine;
let gateway: Served;
beforeEach(async () => {
  engine = await startFaultEngine(6);
  gateway = await serve({ e: engine.dial }, 'live');
  await gateway.recovered('{ images(first: 1) { nodes { imageId } } }');
});
afterEach(async () => {
  await gateway.close();
  await engine.stop();
});

describe('a registry that an engine asks', () => {
  it.each<[string, string, Fault]>([
    ['F31 401', 'REGISTRY_UNAUTHORIZED', said(401, `errors: denied: ${HOST}`)],
    ['F31 403', 'REGISTRY_UNAUTHORIZED', said(403, `Get "https://${HOST}": forbidden`)],
    ['F31 a refusal of what is hidden', 'REGISTRY_UNAUTHORIZED', said(500, 'oauth token: denied')],
    ['F31 500 of old engines', 'REGISTRY_UNAUTHORIZED', said(500, 'unauthorized: incorrect')],
    ['F33 429', 'REGISTRY_RATE_LIMITED', said(429, 'toomanyrequests: slow down')],
    ['F33 500 of old engines', 'REGISTRY_RATE_LIMITED', said(500, 'toomanyrequests: slow down')],
    [
      'F34 no such host',
      'REGISTRY_UNAVAILABLE',
      said(500, `dial tcp: lookup ${HOST}: no such host`),
    ],
    ['F34 TLS', 'REGISTRY_UNAVAILABLE', said(500, 'x509: certificate signed by unknown authority')],
    ['F34 a deadline', 'REGISTRY_TIMEOUT', said(500, 'context deadline exceeded')],
  ])('%s is %s, its host is not told, and the circuit stays closed', async (_, code, fault) => {
    engine.fail(fault, REGISTRY);
    const answer = await gateway.ask(ASKED);
    expect(new Set(codesOf(answer))).toEqual(new Set([`${code} e`]));
    expect(JSON.stringify(answer)).not.toContain(HOST);
    expect((await gateway.ask(CIRCUIT)).data.engine).toEqual({
      status: 'READY',
      circuit: 'CLOSED',
    });
  });

  it('F32 404 is null, and no error', async () => {
    engine.fail(said(404, 'manifest unknown'), REGISTRY);
    const { data, errors } = await gateway.ask(ASKED);
    expect(errors).toBeUndefined();
    expect(data.images.nodes[0].repoTags).toEqual([{ registry: null }]);
  });

  it.each([
    ['F33 has said 429', said(429, 'toomanyrequests')],
    ['F34 cannot be reached', said(500, 'dial tcp: no route to host')],
  ])('%s: it is left alone for a while', async (_, fault) => {
    engine.fail(fault, REGISTRY);
    await gateway.ask(ASKED);
    const asked = engine.calls.filter((path) => REGISTRY.test(path)).length;
    // Four at a time, and those that wait are not sent any more.
    expect(asked).toBeLessThanOrEqual(4);
    const answer = await gateway.ask(ASKED);
    expect(answer.errors?.[0]?.extensions['retryAfterMs']).toBeGreaterThan(1_000);
    expect(engine.calls.filter((path) => REGISTRY.test(path))).toHaveLength(asked);
  });

  it('F34 hangs: it is given up after 15 s, and meanwhile keeps no other call waiting', async () => {
    engine.fail(frozen, REGISTRY);
    const hanging = gateway.ask(ASKED);
    await expect.poll(() => engine.underWay(REGISTRY)).toBe(4);
    engine.fail(late(1), INSPECTS);
    const { errors, ms } = await gateway.ask('{ images(first: 6) { nodes { config { user } } } }');
    expect(errors).toBeUndefined();
    expect(ms).toBeLessThan(2_000);
    const answer = await hanging;
    expect(new Set(codesOf(answer))).toEqual(new Set(['REGISTRY_TIMEOUT e']));
    expect(answer.ms).toBeLessThan(15_500);
    expect((await gateway.ask(CIRCUIT)).data.engine).toEqual({
      status: 'READY',
      circuit: 'CLOSED',
    });
  });

  it('F35 is never pulled from: there is no mutation', async () => {
    const { data } = await gateway.ask('{ __schema { mutationType { name } } }');
    expect(data.__schema.mutationType).toBeNull();
  });
});
