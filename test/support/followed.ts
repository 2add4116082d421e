import { expect, vi } from 'vitest';
import { createGateway } from '../../src/gateway.ts';
import {
  createImageEventLog,
  type ImageEventLog,
  type ImageEventRecord,
} from '../../src/image-index/image-event-log.ts';
import type { ImageIndex, IndexReading } from '../../src/image-index/image-index.ts';
import { DEFAULT_LIMITS, type Limits } from '../../src/limits/limits.ts';
import { readEvents } from './event-stream.ts';
import { connectTo, createIndex, createTestGateway, type TestGateway } from './gateway.ts';
import { idOf, type StandIn, startStandInEngine } from './stand-in-engine.ts';

const open: { close(): unknown }[] = [];

/** Ends what the functions of this file have started; for afterEach. */
export async function closeAll(): Promise<void> {
  for (const thing of open.splice(0)) await thing.close();
}

/** A gateway over stand-in engines, and the log that their indexes would append to. */
export async function followed(
  engines: Record<string, StandIn | (() => StandIn) | null>,
  mode: 'LIVE' | 'OFF' = 'LIVE',
  limits: Limits = DEFAULT_LIMITS,
): Promise<{ gateway: TestGateway; events: ImageEventLog }> {
  const connected = [];
  for (const [name, content] of Object.entries(engines)) {
    const http = await startStandInEngine(content ?? { images: [] });
    if (content === null) await http.close();
    else open.push(http);
    connected.push(connectTo(name, http.dial));
  }
  await Promise.all(connected.map((engine) => engine.facts()));
  const events = createImageEventLog();
  const gateway = createTestGateway(connected, { events, mode, limits });
  open.unshift(gateway, events);
  return { gateway, events };
}

/** 2026-11-24T12:00:00Z, in nanoseconds since 1970. */
export const NOON = 1_795_521_600n * 1_000_000_000n;
/** What happened to an image of the engine e. */
export const record = (rest: Partial<ImageEventRecord> = {}): ImageEventRecord => ({
  engine: 'e',
  action: 'TAG',
  time: NOON,
  reference: null,
  imageId: null,
  ...rest,
});

/** A subscription that is being followed once this resolves. */
export async function subscribed(
  gateway: TestGateway,
  events: ImageEventLog,
  query: string,
  variables = {},
) {
  const before = events.followers;
  const answers = gateway.subscribe(query, variables);
  const first = answers.next();
  await vi.waitFor(() => expect(events.followers).toBe(before + 1), { interval: 1 });
  let isFirst = true;
  return {
    async next() {
      const result = isFirst ? await first : await answers.next();
      isFirst = false;
      return result.value;
    },
    close: async () => void (await answers.return(undefined)),
  };
}
/** Filtered by $f. */
export const ACTIONS =
  'subscription ($f: ImageEventFilter) { imageEvents(filter: $f) { action reference } }';

export const image = (number: number, tags: readonly string[]) => ({
  Id: idOf(number),
  RepoTags: tags,
  Created: number,
  Size: number,
});

/** A gateway whose one index reads as a test says, and one subscription to it by fetch. */
export async function followedBy(
  change: (reading: IndexReading, signal: AbortSignal) => IndexReading,
) {
  const http = await startStandInEngine({ images: [] });
  open.push(http);
  const engine = connectTo('e', http.dial);
  await engine.facts();
  const events = createImageEventLog();
  open.unshift(events, engine);
  const own = createIndex(engine);
  const index: ImageIndex = { ...own, read: (signal) => change(own.read(signal), signal) };
  const hidden: unknown[] = [];
  const gateway = createGateway({
    indexes: new Map([['e', index]]),
    events,
    onHiddenError: (error) => void hidden.push(error),
  });
  return {
    events,
    hidden,
    async subscribe(query: string, variables: object = {}, signal: AbortSignal | null = null) {
      const response = await gateway.fetch('http://localhost/graphql', {
        method: 'POST',
        headers: { 'content-type': 'application/json', accept: 'text/event-stream' },
        body: JSON.stringify({ query, variables }),
        signal,
      });
      return readEvents(response);
    },
  };
}
