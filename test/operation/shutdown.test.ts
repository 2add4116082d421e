import { once } from 'node:events';
import { createClient } from 'graphql-sse';
import { afterEach, describe, expect, it } from 'vitest';
import { type Program, start } from '../main/program.ts';
import type { HttpEngine } from '../support/http-engine.ts';
import { startListEngine } from './list-engine.ts';
import { valueOf } from './metrics-text.ts';

const EVENTS = 'subscription { imageEvents { action } }';

let program: Program;
let engine: HttpEngine;
afterEach(async () => {
  program.child.kill('SIGKILL');
  await engine.close();
});

/** Follows the sample's events, and asks an engine whose list takes its time, or never comes. */
async function begin(listMs: number | null): Promise<void> {
  engine = await startListEngine({ listMs });
  program = await start({
    args: ['--engine', `slow=unix://${engine.socketPath}`, '--engine', 'sample'],
  });
}

/** A subscription that the server follows once this resolves, and how it ended. */
function subscribe(): { ended: Promise<string> } {
  const client = createClient({ url: program.url, retryAttempts: 0 });
  const ended = new Promise<string>((resolve) => {
    client.subscribe(
      { query: EVENTS },
      { next: () => {}, error: () => resolve('error'), complete: () => resolve('complete') },
    );
  });
  return { ended };
}

const ask = () =>
  program.ask('{ engine(name: "slow") { images { totalCount } } }').catch(() => 'aborted');

const statusOf = (path: string, init?: RequestInit) =>
  fetch(new URL(path, program.url), init).then(
    ({ status }) => status,
    () => 'refused',
  );

/** Ten subscriptions and ten queries that are under way. */
async function load() {
  const streams = Array.from({ length: 10 }, subscribe);
  const answers = Array.from({ length: 10 }, ask);
  const subscribers = async () => {
    const text = await (await fetch(new URL('/metrics', program.url))).text();
    return valueOf(text, 'imagegraph_image_event_subscribers', {});
  };
  await expect.poll(subscribers).toBe(10);
  await expect.poll(() => engine.calls.some((call) => call.includes('/images/json'))).toBe(true);
  return { streams, answers };
}

async function end(): Promise<{
  code: number | null;
  tookMs: number;
  streams: string[];
  answers: any[];
}> {
  const { streams, answers } = await load();
  const since = performance.now();
  const ended = once(program.child, 'close') as Promise<[number | null]>;
  program.child.kill('SIGTERM');
  const completed = await Promise.all(streams.map((stream) => stream.ended));
  // Nobody new is let in while the others are answered.
  const method = 'POST';
  for (const turnedAway of [await statusOf('/readyz'), await statusOf('/graphql', { method })]) {
    expect([503, 'refused']).toContain(turnedAway);
  }
  const [code] = await ended;
  return {
    code,
    tookMs: performance.now() - since,
    streams: completed,
    answers: await Promise.all(answers),
  };
}

describe('F26 S8 with 10 subscriptions and 10 slow queries, SIGTERM', () => {
  it('F26, S8: completes the subscriptions, answers the queries, and ends with 0', async () => {
    await begin(3_000);
    const { code, tookMs, streams, answers } = await end();
    expect(streams).toEqual(Array.from({ length: 10 }, () => 'complete'));
    expect(answers).toEqual(
      answers.map(() => ({ data: { engine: { images: { totalCount: 0 } } } })),
    );
    expect(code).toBe(0);
    expect(tookMs).toBeLessThan(11_000);
  });

  it('F26, S8: gives up queries that take longer, and ends with 0 within 11 s', async () => {
    await begin(null);
    const { code, tookMs, answers } = await end();
    expect(answers).toEqual(answers.map(() => 'aborted'));
    expect(code).toBe(0);
    expect(tookMs).toBeLessThan(11_000);
  }, 30_000);

  it('F26: ends at once with 1 when it is told twice', async () => {
    await begin(null);
    await load();
    const ended = once(program.child, 'close') as Promise<[number | null]>;
    program.child.kill('SIGTERM');
    await expect.poll(() => statusOf('/readyz')).toBeOneOf([503, 'refused']);
    const since = performance.now();
    program.child.kill('SIGINT');
    expect(await ended).toEqual([1, null]);
    expect(performance.now() - since).toBeLessThan(2_000);
  });
});
