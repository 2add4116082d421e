import type { DockerFor } from './docker-calls.ts';
import { EngineError } from './engine-error.ts';
import type { Engine } from './engine.ts';
import type { EngineFacts } from './engine-facts.ts';
import { toEngineEvent } from './event-mapping.ts';
import { readLines } from './json-lines.ts';

/** Engines answer at once, whether or not there is an event; one that does not speak cannot be followed. */
const HEAD_MS = 10_000;
const NANOSECONDS = 1_000_000_000n;

/**
 * What follows an engine. A stream that ends says nothing of the engine's calls, so it is not reported as
 * the loss of the engine. Filters spare us networks, volumes and plugins.
 */
export function createEventVerbs(
  name: string,
  docker: DockerFor,
  ready: () => Promise<EngineFacts>,
): Pick<Engine, 'watchEvents'> {
  return {
    async watchEvents({ since, onOpen, onEvent }, signal) {
      const { api } = await ready();
      const read = async (body: AsyncIterable<Uint8Array>): Promise<never> => {
        onOpen();
        await readLines(body, (line) => {
          const event = toEngineEvent(line);
          if (event !== null) onEvent(event);
        });
        throw new EngineError('ENGINE_UNAVAILABLE', name, 'the engine ended its stream of events');
      };
      const docked = docker({ api, headTimeoutMs: HEAD_MS, signal, read, lane: 'endless' });
      const filters = { type: ['image', 'container'] };
      const replay = since === null ? {} : { since: toUnixTime(since) };
      return (await docked.getEvents({ filters, ...replay } as object)) as unknown as never;
    },
  };
}

/** Seconds and nine digits of nanoseconds, as since takes it. */
function toUnixTime(time: bigint): string {
  return `${time / NANOSECONDS}.${String(time % NANOSECONDS).padStart(9, '0')}`;
}
