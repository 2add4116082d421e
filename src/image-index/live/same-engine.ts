import { EngineError } from '../../engine/engine-error.ts';
import { turn } from '../../turns.ts';
import type { Engine } from '../../engine/engine.ts';

/** Whichever engine answers now. */
export interface SameEngine {
  /** Its reads of images and containers fail when another engine was found before they ended. */
  readonly engine: Engine;
  /** Another engine answers from now on. */
  change(): void;
}

/** Keeps what one engine answers late from being taken for the other's. */
export function createSameEngine(engine: Engine): SameEngine {
  let epoch = 0;
  async function same<Answer>(read: Promise<Answer>): Promise<Answer> {
    const askedIn = epoch;
    const answer = await read;
    if (askedIn === epoch) return answer;
    throw new EngineError('ENGINE_UNAVAILABLE', engine.name, 'another engine answers now');
  }
  return {
    engine: {
      ...engine,
      // To read the end of a long list and to take all of it in would be one long stall.
      listImages: (signal) =>
        same(
          engine.listImages(signal).then(async (rows) => {
            await turn();
            return rows;
          }),
        ),
      listContainers: (signal, ids) => same(engine.listContainers(signal, ids)),
      readImage: (reference, signal) => same(engine.readImage(reference, signal)),
    },
    change: () => void epoch++,
  };
}
