import { setTimeout as delay } from 'node:timers/promises';
import { afterAll, afterEach, beforeAll, beforeEach, expect, it, onTestFinished, vi } from 'vitest';
import { MESSAGES } from '../../src/errors.ts';
import type { TestEngine } from '../engines/engine-list.ts';
import { findRealEngines } from '../engines/real-engines.ts';
import { type Program, start } from '../main/program.ts';
import { describeEach } from './each-engine.ts';
import {
  firstAnswer,
  forbidSocket,
  freezeEngine,
  hideSocket,
  killEngine,
  startEngine,
} from './restarts.ts';
import { type Outcome, startSteadyLoad, type SteadyLoad } from './steady-load.ts';

const PER_SECOND = 20;
/** An operation has 20 s. */
const ANSWER_MS = 20_500;
const RECOVERY_MS = 2_000;
/** How long an engine is out of order. */
const OUTAGE_MS = 6_000;

/** The healthy engine stands beside the other one in each of them; details cost an inspect in each operation. */
const QUERIES = [
  '{ other: engine(name: "other") { images(first: 3) { nodes { id } } } images(first: 100) { totalCount nodes { engine { name } } } }',
  '{ other: engine(name: "other") { images(first: 1) { nodes { id comment } } } engine(name: "subject") { images(first: 5) { totalCount nodes { id repoTags { tag } } } } }',
  '{ other: engine(name: "other") { status images(first: 1) { nodes { id } } } engine(name: "subject") { images(first: 2) { nodes { lastTagged } } } }',
];

/** Whether an answer has what only an inspect tells, of the engine that was out of order; no inspect is remembered for it. */
const isInspected = (data: any): boolean =>
  data.engine?.images?.nodes.some((node: object) => 'lastTagged' in node) ?? false;

const docker = (await findRealEngines()).filter(({ kind }) => kind === 'DOCKER');
const subjects = docker.filter(({ name }) => name !== 'docker-28-graph');

describeEach(subjects, 'a gateway under load, while $name', (subject: TestEngine) => {
  const other = docker.find(({ name }) => name === 'docker-28-graph') as TestEngine;
  const args = ['--engine', `subject=${subject.url}`, '--engine', `other=${other.url}`];
  // Root may open any socket, but for a process that has given up this very right.
  const options = { args, under: ['setpriv', '--bounding-set', '-dac_override,-dac_read_search'] };
  let program: Program;
  let load: SteadyLoad;
  let mend: (() => Promise<void>) | null = null;

  beforeAll(async () => {
    program = await start(options);
    await vi.waitUntil(isLive, { timeout: 30_000, interval: 100 });
  });
  beforeEach(async () => {
    await vi.waitUntil(isWell, { timeout: 30_000, interval: 100 });
    load = startSteadyLoad(program.url, QUERIES, PER_SECOND);
  });
  // Whatever has failed, the engine is there for the next.
  afterEach(async () => {
    await mend?.().catch(() => undefined);
    mend = null;
    await load.stop();
    await startEngine(subject);
  }, 120_000);
  afterAll(() => program.stop());

  async function isLive(): Promise<boolean> {
    const { data } = await program.ask('{ engines { index { mode } } }');
    return data.engines.every((engine: any) => engine.index.mode === 'LIVE');
  }

  /** Nothing is left of the last outage. */
  async function isWell(): Promise<boolean> {
    const answers = await Promise.all(QUERIES.map((query) => program.ask(query)));
    return answers.every(({ errors }) => errors === undefined);
  }

  /**
   * Waits for an answer without an error to a question that was asked after this moment, and that took an inspect: lists
   * pass where a circuit is open. @returns how long it took
   */
  async function recovery(answeredAt: number): Promise<number> {
    const isGood = ({ sentAt, status, codes, data }: Outcome) =>
      sentAt >= answeredAt && status === 200 && codes.length === 0 && isInspected(data);
    await vi.waitUntil(() => load.outcomes.some(isGood), { timeout: 20_000, interval: 10 });
    return (load.outcomes.find(isGood) as Outcome).answeredAt - answeredAt;
  }

  async function expectSurvival(codes: readonly string[]): Promise<void> {
    await load.stop();
    expect([program.child.exitCode, program.child.signalCode]).toEqual([null, null]);
    const seen = new Set(load.outcomes.flatMap((outcome) => outcome.codes));
    for (const code of seen) expect(Object.keys(MESSAGES)).toContain(code);
    expect(codes).toEqual(expect.arrayContaining([...seen]));
    expect(load.outcomes.filter(({ status }) => status !== 200)).toEqual([]);
    const longest = Math.max(...load.outcomes.map(({ sentAt, answeredAt }) => answeredAt - sentAt));
    expect(longest).toBeLessThan(ANSWER_MS);
    // F23: whatever the other one does.
    expect(load.outcomes.filter(({ data }) => !(data?.other?.images?.nodes.length > 0))).toEqual(
      [],
    );
  }

  it('F2 F4 is killed and started again', { timeout: 180_000 }, async () => {
    await killEngine(subject);
    await delay(OUTAGE_MS);
    const took = await recovery(await startEngine(subject));
    await expectSurvival(['ENGINE_UNAVAILABLE', 'ENGINE_BAD_RESPONSE', 'ENGINE_TIMEOUT']);
    expect(load.outcomes.some(({ codes }) => codes.includes('ENGINE_UNAVAILABLE'))).toBe(true);
    expect(took).toBeLessThan(RECOVERY_MS);
  });

  it('F5 stands still and goes on', { timeout: 120_000 }, async () => {
    mend = await freezeEngine(subject);
    await delay(OUTAGE_MS);
    await mend();
    const took = await recovery(await firstAnswer(subject));
    await expectSurvival(['ENGINE_UNAVAILABLE', 'ENGINE_TIMEOUT', 'ENGINE_OVERLOADED']);
    expect(load.outcomes.some(({ codes }) => codes.length > 0)).toBe(true);
    expect(took).toBeLessThan(RECOVERY_MS);
  });

  /** One that starts now has no connection from before. */
  async function startLate(code: string): Promise<Program> {
    const late = await start(options);
    onTestFinished(async () => void (await late.stop()));
    const refused = await late.ask(QUERIES[1] as string);
    expect(refused.data.other.images.nodes).not.toEqual([]);
    expect(refused.errors.map((error: any) => error.extensions.code)).toEqual([code]);
    expect(JSON.stringify(refused)).not.toContain('engine.sock');
    return late;
  }

  async function expectRecovery(late: Program, answeredAt: number): Promise<void> {
    const isGood = async () => (await late.ask(QUERIES[1] as string)).errors === undefined;
    await vi.waitUntil(isGood, { timeout: 20_000, interval: 20 });
    expect(performance.now() - answeredAt).toBeLessThan(RECOVERY_MS);
  }

  it('F1 loses its socket for a while', { timeout: 120_000 }, async () => {
    mend = await hideSocket(subject);
    const late = await startLate('ENGINE_UNAVAILABLE');
    await delay(OUTAGE_MS);
    await mend();
    const answeredAt = await firstAnswer(subject);
    await expectRecovery(late, answeredAt);
    expect(await recovery(answeredAt)).toBeLessThan(RECOVERY_MS);
    await expectSurvival(['ENGINE_UNAVAILABLE']);
  });

  it('F3 may not be opened for a while', { timeout: 120_000 }, async () => {
    mend = await forbidSocket(subject);
    const late = await startLate('ENGINE_FORBIDDEN');
    expect(late.stderr()).toContain('ENGINE_FORBIDDEN');
    await mend();
    await expectRecovery(late, await firstAnswer(subject));
    await expectSurvival(['ENGINE_FORBIDDEN']);
  });
});
