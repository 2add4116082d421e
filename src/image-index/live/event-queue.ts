import type { ImageEventRecord } from '../image-event-log.ts';

/** Image events that wait until the index shows what became of their images. */
export interface EventQueue {
  /** @param seq the event of the index from which on it may be told */
  add(event: ImageEventRecord, seq: number): void;
  /** Tells everything that is shown by now, in order. */
  flush(asOf: number): void;
  close(): void;
}

/** More than this are not kept while the engine does not answer; what is dropped is a gap. */
const MAX_WAITING = 4_096;
/** Told in one go; whoever follows has a place for 256 and can read only between two of them. */
const MAX_AT_ONCE = 128;

/** @param tell is called once for each event, synchronously */
export function createEventQueue(tell: (event: ImageEventRecord) => void): EventQueue {
  let waiting: { readonly event: ImageEventRecord; readonly seq: number }[] = [];
  let shown = 0;
  let timer: NodeJS.Immediate | null = null;

  function flush(): void {
    timer = null;
    const upTo = Math.min(waiting.length, MAX_AT_ONCE);
    let told = 0;
    while (told < upTo && (waiting[told]?.seq ?? Infinity) <= shown) told++;
    for (const { event } of waiting.splice(0, told)) tell(event);
    if (told === MAX_AT_ONCE) timer = setImmediate(flush);
  }

  return {
    add(event, seq) {
      if (waiting.length >= MAX_WAITING) waiting = waiting.slice(MAX_WAITING / 2);
      waiting.push({ event, seq });
    },
    flush(asOf) {
      shown = asOf;
      if (timer === null) flush();
    },
    close() {
      if (timer !== null) clearImmediate(timer);
    },
  };
}
