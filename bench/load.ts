import { setMaxListeners } from 'node:events';
import { Agent, request, type RequestOptions } from 'node:http';
import type { Query } from './query.ts';
import { median, percentile } from './statistics.ts';

/** Where to send which request, over and over. */
export interface Target {
  readonly options: RequestOptions;
  readonly body?: string;
}

/** How hard and how long: it ends by whatever comes first, and waits for what is under way. */
export interface Pressure {
  readonly clients: number;
  /** No request is sent after so many milliseconds. */
  readonly ms: number;
  /** No more requests than these. */
  readonly requests?: number;
  /** Unanswered requests are given up after so many milliseconds. */
  readonly patienceMs?: number;
  /** Whether answers with errors are counted. They end the run otherwise, as their time says nothing. */
  readonly mayFail?: boolean;
}

/** What came of it. */
export interface Load {
  /** Milliseconds of each answer. */
  readonly latencies: readonly number[];
  /** Requests that were answered with an error, or given up. */
  readonly failed: number;
  readonly perSecond: number;
  readonly p50: number;
  readonly p99: number;
}

/** A GraphQL request to a server on this machine. */
export function graphql(url: string, body: Query): Target {
  const { hostname, port, pathname } = new URL(url);
  const headers = { 'content-type': 'application/json' };
  return {
    options: { host: hostname, port, path: pathname, method: 'POST', headers },
    body: JSON.stringify(body),
  };
}

/** Clients that each ask again as soon as they are answered. @throws when one has errors */
export async function load(target: Target, pressure: Pressure): Promise<Load> {
  const { clients, ms, requests = Infinity, patienceMs = 120_000, mayFail = false } = pressure;
  const agent = new Agent({ keepAlive: true, maxSockets: clients });
  const giveUp = AbortSignal.timeout(patienceMs);
  setMaxListeners(clients, giveUp);
  const start = performance.now();
  const latencies: number[] = [];
  let [sent, failed, last] = [0, 0, start];
  const client = async (): Promise<void> => {
    while (sent < requests && performance.now() - start < ms) {
      sent += 1;
      const before = performance.now();
      const isGood = await answered(target, agent, giveUp).catch((error: unknown) => {
        if (mayFail) return false;
        throw error;
      });
      last = performance.now();
      if (isGood) latencies.push(last - before);
      else failed += 1;
    }
  };
  await Promise.all(Array.from({ length: clients }, client));
  agent.destroy();
  const perSecond = latencies.length === 0 ? 0 : (latencies.length * 1000) / (last - start);
  return {
    latencies,
    failed,
    perSecond,
    p50: percentile(latencies, 50),
    p99: percentile(latencies, 99),
  };
}

/** Whether an answer came before the patience ended. */
function answered(target: Target, agent: Agent, signal: AbortSignal): Promise<boolean> {
  return new Promise((resolve, reject) => {
    const fail = (error: Error) => (signal.aborted ? resolve(false) : reject(error));
    const outgoing = request({ ...target.options, agent, signal }, (response) => {
      let [first, last]: [Buffer, Buffer] = [NOTHING, NOTHING];
      response.on('data', (chunk: Buffer) => {
        if (first === NOTHING) first = chunk;
        last = chunk;
      });
      response.on('error', fail);
      response.on('end', () => {
        if (response.statusCode === 200 && !hasErrors(first) && !hasErrors(last)) resolve(true);
        else fail(new Error(`HTTP ${response.statusCode} ${first.toString('utf8', 0, 500)}`));
      });
    });
    outgoing.on('error', fail);
    outgoing.end(target.body);
  });
}

const NOTHING = Buffer.alloc(0);

/** Errors come before or after the data. An answer with some must not pass for a fast one. */
function hasErrors(chunk: Buffer): boolean {
  const ends = [chunk.subarray(0, 20), chunk.subarray(-2_000)];
  return ends.some((end) => end.includes('"errors":['));
}

const ROUNDS = 5;

/** The same pressure on each question in turn, several times over. @returns the median p50 of each, in milliseconds */
export async function interleaved(
  questions: readonly (readonly [url: string, body: Query])[],
  pressure: Pressure,
): Promise<readonly number[]> {
  const rounds: number[][] = questions.map(() => []);
  for (let round = 0; round < ROUNDS; round++) {
    for (const [at, [url, body]] of questions.entries()) {
      rounds[at]?.push((await load(graphql(url, body), pressure)).p50);
    }
  }
  return rounds.map(median);
}
