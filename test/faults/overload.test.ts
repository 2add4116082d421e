import { afterEach, describe, expect, it } from 'vitest';
import { idOf } from '../support/stand-in-engine.ts';
import { frozen, late, status } from './broken-answers.ts';
import { EVERYTHING, type FaultEngine, INSPECTS, LISTS, startFaultEngine } from './fault-engine.ts';
import { codesOf, type Served, serve } from './served.ts';

const LIST = '{ images(first: 1) { nodes { imageId } } }';
const ONE = 'query ($id: ImageReference!) { image(reference: $id) { config { user } } }';
const DETAILS = '{ images(first: 5) { nodes { config { user } } } }';
const CIRCUIT = '{ engine { status circuit } }';

const open: (() => unknown)[] = [];
afterEach(async () => {
  for (const close of open.splice(0).toReversed()) await close();
});

async function started(
  images: number,
  index: 'live' | 'off' = 'live',
): Promise<{ engine: FaultEngine; gateway: Served }> {
  const engine = await startFaultEngine(images);
  open.push(engine.stop);
  const gateway = await serve({ e: engine.dial }, index);
  open.push(gateway.close);
  return { engine, gateway };
}

const many = <Result>(count: number, ask: (at: number) => Promise<Result>) =>
  Promise.all(Array.from({ length: count }, (_, at) => ask(at)));

describe('F24 400 clients at once, and a slow engine', () => {
  it('does 8 things at once, lets 64 operations wait, and refuses the others at once', async () => {
    const { engine, gateway } = await started(401);
    await gateway.recovered(LIST);
    engine.fail(late(1_000), INSPECTS);
    let refusals = 0;
    const all = many(400, async (at) => {
      const answer = await gateway.ask(ONE, { id: idOf(at + 1) });
      if (answer.errors !== undefined) refusals++;
      return answer;
    });
    await expect.poll(() => refusals, { timeout: 5_000, interval: 5 }).toBeGreaterThan(0);
    const oneMore = await gateway.ask(ONE, { id: idOf(401) });
    expect(codesOf(oneMore)).toEqual(['ENGINE_OVERLOADED e']);
    expect(oneMore.ms).toBeLessThan(1_000);
    const answers = await all;
    const refused = answers.filter(({ errors }) => errors !== undefined);
    expect(engine.busiest(INSPECTS)).toBe(8);
    expect(answers.length - refused.length).toBeGreaterThanOrEqual(72);
    expect(refused.length).toBeGreaterThan(200);
    expect(new Set(refused.flatMap(codesOf))).toEqual(new Set(['ENGINE_OVERLOADED e']));
    expect(refused[0]?.errors?.[0]?.extensions).toMatchObject({ retryable: true });
    engine.fail(null);
    expect(await gateway.recovered(LIST)).toBeLessThan(2_000);
  });

  it('lets one operation ask for all that it wants', async () => {
    const { engine, gateway } = await started(400);
    await gateway.recovered(LIST);
    engine.fail(late(5), INSPECTS);
    const { data, errors } = await gateway.ask(
      '{ images(first: 400) { nodes { config { user } } } }',
    );
    expect(errors).toBeUndefined();
    expect(data.images.nodes).toHaveLength(400);
    expect(engine.busiest(INSPECTS)).toBe(8);
  });
});

describe('F25 200 equal queries at once', () => {
  it.each(['live', 'off'] as const)('are one list, or two, index %s', async (index) => {
    const { engine, gateway } = await started(50, index);
    engine.fail(late(1_500), LISTS);
    const answers = await many(200, () => gateway.ask(LIST));
    expect(answers.flatMap(codesOf)).toEqual([]);
    const lists = engine.calls.filter((path) => LISTS.test(path));
    expect(lists.length).toBeLessThanOrEqual(2);
    expect(engine.busiest(LISTS)).toBe(1);
  });
});

/** Calls that fail together count as one. */
async function failFiveTimes(gateway: Served): Promise<void> {
  for (let at = 0; at < 5; at++) {
    expect(new Set(codesOf(await gateway.ask(DETAILS)))).toEqual(new Set(['ENGINE_UNAVAILABLE e']));
  }
}

describe('the circuit of an engine that greets us, and answers no call', () => {
  it('opens after five failures, answers at once, and lets lists pass', async () => {
    const { engine, gateway } = await started(20, 'off');
    engine.fail(status(503), INSPECTS);
    await failFiveTimes(gateway);
    await expect
      .poll(async () => (await gateway.ask(CIRCUIT)).data.engine)
      .toEqual({
        status: 'READY',
        circuit: 'OPEN',
      });
    const inspects = engine.calls.filter((path) => INSPECTS.test(path)).length;
    const answer = await gateway.ask('{ images(last: 5) { nodes { imageId config { user } } } }');
    expect(answer.data.images.nodes).toHaveLength(5);
    expect(new Set(codesOf(answer))).toEqual(new Set(['ENGINE_UNAVAILABLE e']));
    expect(answer.errors?.[0]?.extensions['retryAfterMs']).toBeGreaterThan(0);
    expect(engine.calls.filter((path) => INSPECTS.test(path))).toHaveLength(inspects);
  });

  it('stays closed when many calls fail at once', async () => {
    const { engine, gateway } = await started(20, 'off');
    engine.fail(status(503), INSPECTS);
    await gateway.ask(DETAILS);
    engine.fail(null);
    expect((await gateway.ask(CIRCUIT)).data.engine.circuit).toBe('CLOSED');
    expect((await gateway.ask(DETAILS)).errors).toBe(undefined);
  });

  it('is closed by a ping after a second', async () => {
    const { engine, gateway } = await started(20, 'off');
    engine.fail(status(503), INSPECTS);
    await failFiveTimes(gateway);
    expect((await gateway.ask(CIRCUIT)).data.engine.circuit).toBe('OPEN');
    engine.fail(null);
    const circuit = async () => (await gateway.ask(CIRCUIT)).data.engine.circuit;
    await expect.poll(circuit, { timeout: 6_000 }).toBe('CLOSED');
    expect((await gateway.ask(DETAILS)).errors).toBe(undefined);
  });

  it.each<[string, Parameters<FaultEngine['fail']>[0]]>([
    ['404', status(404)],
    ['409', status(409)],
    ['500', status(500)],
  ])('stays closed for answers of %s', async (_, fault) => {
    const { engine, gateway } = await started(20, 'off');
    engine.fail(fault, INSPECTS);
    // One after the other: of those that overlap one would count.
    for (let at = 0; at < 5; at++) await gateway.ask(DETAILS);
    expect(engine.calls.filter((path) => INSPECTS.test(path)).length).toBeGreaterThanOrEqual(5);
    expect((await gateway.ask(CIRCUIT)).data.engine).toEqual({
      status: 'READY',
      circuit: 'CLOSED',
    });
  });

  it('is closed as soon as an engine that was gone greets us', async () => {
    const { engine, gateway } = await started(20, 'off');
    await gateway.ask(LIST);
    engine.fail(status(503), INSPECTS);
    await failFiveTimes(gateway);
    engine.fail(frozen, EVERYTHING);
    await engine.stop();
    await expect
      .poll(async () => (await gateway.ask(CIRCUIT)).data.engine.status, { timeout: 10_000 })
      .toBe('UNAVAILABLE');
    engine.fail(null);
    await engine.start();
    expect(await gateway.recovered(DETAILS)).toBeLessThan(2_000);
  });
});
