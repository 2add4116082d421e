import type { ImageEventRecord } from '../image-event-log.ts';

/** Image events that wait until the index shows what became of their images. */
export interface EventQueue {
  /** @param seq the event of the index from which on it may be told */
  add(event: ImageEventRecord, seq: number): void;
  /** Tells everything that is shown by now, in order. */
  flush(asOf: number): void;
  close(): void;
}

/** More than this are not kept while the engine does not answer; RESYNCED is told in the place of the others. */
const MAX_WAITING = 4_096;
/** Told in one go; whoever follows has a place for 256 and can read only between two of them. */
const MAX_AT_ONCE = 128;

/** @param tell is called once for each event, synchronously */
export function createEventQueue(tell: (event: ImageEventRecord) => void): EventQueue {
  const waiting: { readonly event: ImageEventRecord; readonly seq: number }[] = [];
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
      waiting.push({ event, seq });
      if (waiting.length <= MAX_WAITING) return;
      const dropped = waiting.splice(0, MAX_WAITING / 2);
      waiting.unshift({ event: resynced(event.engine), seq: dropped.at(-1)?.seq ?? seq });
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

/** Tells those who follow that they may have missed something. */
export function resynced(engine: string): ImageEventRecord {
  const time = BigInt(Date.now()) * 1_000_000n;
  return { engine, action: 'RESYNCED', time, reference: null, imageId: null };
}
