import { MESSAGES } from '../../src/errors.ts';
import { readEvents } from '../../test/support/event-stream.ts';
import { starvationOf } from '../proc.ts';
import type { Running } from '../processes.ts';
import { anyRequest, type Request } from './requests.ts';

/** An operation has 20 s. */
const ANSWER_MS = 20_500;
/** Clients that mean to stay do so this long. */
const PATIENCE_MS = 60_000;
/** Of what is broken, so many are told. */
const TOLD = 10;

/** What came of all requests so far. */
export interface Tally {
  sent: number;
  /** By kind, in milliseconds until the whole answer was there. */
  readonly latencies: Map<string, number[]>;
  /** How often each code was answered, and `data` where there was no error. */
  readonly answers: Map<string, number>;
  /** Clients that left, as they meant to. */
  left: number;
  /** Answers that must not be: how many, and the first of them. */
  broken: number;
  readonly examples: string[];
}

export function createTally(): Tally {
  return { sent: 0, latencies: new Map(), answers: new Map(), left: 0, broken: 0, examples: [] };
}

/** Sends so many requests a second, whatever comes of them, until the signal; resolves when all are answered. */
export async function sendTraffic(
  gateway: Running,
  perSecond: number,
  tally: Tally,
  signal: AbortSignal,
): Promise<void> {
  const pending = new Set<Promise<void>>();
  await new Promise<void>((resolve) => {
    const timer = setInterval(() => {
      const one = sendOne(gateway, anyRequest(), tally);
      pending.add(one);
      void one.finally(() => pending.delete(one));
    }, 1_000 / perSecond);
    signal.addEventListener('abort', () => {
      clearInterval(timer);
      resolve();
    });
  });
  await Promise.all(pending);
}

async function sendOne({ url, pid }: Running, request: Request, tally: Tally): Promise<void> {
  tally.sent += 1;
  const sentAt = performance.now();
  const starved = starvationOf(pid);
  const end = new AbortController();
  const { leavesAfterMs = Infinity } = request;
  const timer = setTimeout(() => end.abort(), Math.min(leavesAfterMs, PATIENCE_MS));
  try {
    const response = await fetch(url, {
      method: 'POST',
      headers: {
        'content-type': 'application/json',
        accept: request.isStream === true ? 'text/event-stream' : 'application/json',
      },
      body: request.body,
      signal: end.signal,
    });
    await judge(request, response, tally);
  } catch (error) {
    if (end.signal.aborted && leavesAfterMs < PATIENCE_MS) tally.left += 1;
    else blame(tally, `${request.kind}: no answer: ${String((error as Error).cause ?? error)}`);
    return;
  } finally {
    clearTimeout(timer);
  }
  const ms = performance.now() - sentAt;
  // What others on this machine took from it is not its time.
  if (ms - (starvationOf(pid) - starved) > ANSWER_MS)
    blame(tally, `${request.kind}: an answer after ${ms.toFixed(0)} ms`);
  const latencies = tally.latencies.get(request.kind) ?? [];
  tally.latencies.set(request.kind, latencies);
  latencies.push(ms);
}

interface Body {
  readonly data?: {
    readonly healthy?: { readonly images: { readonly nodes: readonly unknown[] } | null };
  };
  readonly errors?: readonly { readonly extensions?: { readonly code?: string } }[];
}

/** Reads an answer, or all events of a stream, to its end. */
async function judge(request: Request, response: Response, tally: Tally): Promise<void> {
  const { status } = response;
  if (response.headers.get('content-type')?.startsWith('text/event-stream') !== true) {
    return count(request, status, (await response.json()) as Body, tally);
  }
  for await (const event of readEvents(response)) count(request, status, event as Body, tally);
}

function count(request: Request, status: number, { data, errors = [] }: Body, tally: Tally): void {
  const codes = errors.map(({ extensions }) => extensions?.code ?? 'no code');
  for (const code of codes.length === 0 ? ['data'] : codes) {
    tally.answers.set(code, (tally.answers.get(code) ?? 0) + 1);
  }
  const unknown = codes.filter((code) => !Object.hasOwn(MESSAGES, code));
  const isBug = codes.includes('INTERNAL_SERVER_ERROR') || status === 500;
  const isMissing = request.needsHealthy === true && !(data?.healthy?.images?.nodes.length ?? 0);
  if (unknown.length === 0 && !isBug && !isMissing) return;
  blame(tally, `${request.kind}: HTTP ${status} ${codes.join()} for ${request.body.slice(0, 200)}`);
}

function blame(tally: Tally, what: string): void {
  tally.broken += 1;
  if (tally.examples.length < TOLD) tally.examples.push(what);
}
