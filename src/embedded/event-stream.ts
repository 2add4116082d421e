import type { ServerResponse } from 'node:http';
import type { EventLog, LoggedEvent } from './event-log.ts';
import type { EventQuery } from './event-query.ts';

/** Who has not read as much of earlier events, in bytes, when further ones come, is dropped. */
const MAX_UNREAD_BYTES = 1024 * 1024;
/** The longest that a timer of Node can wait, 24 days; a later end comes as early as that. */
const MAX_TIMER_MS = 2 ** 31 - 1;

/** Answers GET /events: the head at once, past events if they are asked for, then each as it comes. */
export function sendEvents(log: EventLog, query: EventQuery, response: ServerResponse): void {
  response.writeHead(200, { 'Content-Type': 'application/json' });
  response.flushHeaders();
  const leftMs = query.until === null ? null : Number(query.until / 1_000_000n) - Date.now();
  const replayed = toLines(log.replay(query), query);
  if (replayed !== '') response.write(replayed);
  if (response.req.method === 'HEAD' || (leftMs !== null && leftMs <= 0)) {
    response.end();
    return;
  }
  follow(log, query, response, leftMs);
}

function follow(
  log: EventLog,
  query: EventQuery,
  response: ServerResponse,
  leftMs: number | null,
): void {
  // The client may have gone while its question was read.
  if (response.destroyed) return;
  const stop = log.listen((events) => {
    const lines = toLines(events, query);
    if (lines === '') return;
    // Measured before, so that many events at once are no reason to drop the one who reads.
    if (response.writableLength <= MAX_UNREAD_BYTES) response.write(lines);
    else leave(() => response.destroy());
  });
  const timer =
    leftMs === null
      ? undefined
      : setTimeout(() => leave(() => response.end()), Math.min(leftMs, MAX_TIMER_MS)).unref();

  /** Forgotten before its connection ends: writing to one that has ended is an error. */
  function leave(end: () => void): void {
    stop();
    clearTimeout(timer);
    end();
  }

  response.once('close', () => leave(() => {}));
}

function toLines(events: readonly LoggedEvent[], { includes }: EventQuery): string {
  return events
    .filter(({ action }) => includes(action))
    .map(({ line }) => line)
    .join('');
}
