import type { ImageEventRecord } from '../image-event-log.ts';

/** Image events that wait until the index shows what became of their images. */
export interface EventQueue {
  /** @param seq the event of the index from which on it may be told */
  add(event: ImageEventRecord, seq: number): void;
  /** Tells everything that is shown by now, in order. */
  flush(asOf: number): void;
}

/** More than this are not kept while the engine does not answer; what is dropped is a gap. */
const MAX_WAITING = 4_096;

/** @param tell is called once for each event, synchronously */
export function createEventQueue(tell: (event: ImageEventRecord) => void): EventQueue {
  let waiting: { readonly event: ImageEventRecord; readonly seq: number }[] = [];
  return {
    add(event, seq) {
      if (waiting.length >= MAX_WAITING) waiting = waiting.slice(MAX_WAITING / 2);
      waiting.push({ event, seq });
    },
    flush(asOf) {
      let told = 0;
      while (told < waiting.length && (waiting[told]?.seq ?? Infinity) <= asOf) told++;
      const ready = waiting.splice(0, told);
      for (const { event } of ready) tell(event);
    },
  };
}
