import http from 'node:http';
import type net from 'node:net';
import type { Duplex } from 'node:stream';
import { createBulkhead, isRefused } from './bulkhead.ts';
import { type CallClock, startCallClock } from './call-clock.ts';
import { EngineError } from './engine-error.ts';
import type { EngineRequest } from './engine-request.ts';
import { exchange, type Line } from './exchange.ts';
import { createKeepingAgent, dropIdle } from './kept-connections.ts';
import { type EngineObserver, NO_OBSERVER } from './observer.ts';
import { createRetry } from './retry.ts';

/** When TCP asks a silent peer of an endless body whether it is still there, in milliseconds. */
const KEEPALIVE_MS = 15_000;
/** Calls that run at once on one engine, and those that may wait for a place. */
const PLACES = { atOnce: 8, waiting: 64 };

/** Sends requests to one engine over connections that a dialer opens. */
export interface Transport {
  send<Result>(request: EngineRequest<Result>): Promise<Result>;
  /** How many of the connections kept for further calls the engine has ended: all, when it restarts. */
  endedConnections(): number;
  close(): void;
}

/**
 * One engine's HTTP transport. What docker-modem leaves open is closed here: a redirect is an error and
 * never followed, a promise always settles, a body has a cap and may not stall, an abort reaches the socket.
 * @param dial opens one connection
 * @throws EngineError from send, ENGINE_OVERLOADED at once when too many wait; or the signal's reason when it was aborted
 */
export function createTransport(
  engine: string,
  host: string,
  dial: () => Duplex,
  observer: EngineObserver = NO_OBSERVER,
): Transport {
  let ended = 0;
  let isClosed = false;
  const onEnded = (): void => void ended++;
  const kept = createKeepingAgent(dial, onEnded);
  const endless = new http.Agent({ keepAlive: false });
  endless.createConnection = () => watched(dial());
  const places = createBulkhead(PLACES.atOnce, PLACES.waiting);
  const retry = createRetry();
  const onDead = (): void => {
    onEnded();
    dropIdle(kept);
  };
  const line: Line = { engine, host, observer, onDead };

  async function call<Result>(request: EngineRequest<Result>, clock: CallClock): Promise<Result> {
    const isEndless = request.lane === 'endless';
    const once = (attempt: number): Promise<Result> => {
      // What close() has cut off looks like the end of an engine, and would go out over a connection that nobody closes.
      if (isClosed) throw new EngineError('ENGINE_UNAVAILABLE', engine, 'the engine is closed');
      return exchange(line, isEndless ? endless : kept, request, clock, attempt);
    };
    return isEndless ? once(1) : retry(once, clock.signal);
  }

  return {
    async send(request) {
      const clock = startCallClock(engine, request);
      try {
        if (request.lane !== 'queued') return await call(request, clock);
        return await places.run(() => call(request, clock), clock.signal);
      } catch (error) {
        if (clock.signal.aborted) throw clock.signal.reason;
        if (!isRefused(error)) throw error;
        throw new EngineError('ENGINE_OVERLOADED', engine, `too many wait: ${request.path}`, error);
      } finally {
        clock.stop();
      }
    },
    endedConnections: () => ended,
    close() {
      isClosed = true;
      kept.destroy();
      endless.destroy();
    },
  };
}

/** Without calls of its own, only TCP's keepalive tells a silent engine from one that is gone. */
function watched(connection: Duplex): Duplex {
  (connection as Partial<net.Socket>).setKeepAlive?.(true, KEEPALIVE_MS);
  return connection;
}
