/** When a thing is looked at again, in milliseconds after the look before. */
const LOOKS_MS = [50, 200, 1_000] as const;

/**
 * Engines announce some changes before these can be seen: the containerd store an image before it has
 * unpacked it, Docker a container before it is listed as paused or ended. Nothing is announced when it can. So
 * what an event named is looked at a few times more. Nobody waits for that: mostly there is nothing to see.
 */
export interface SecondLook {
  /** It was read because of an event: the first look of several comes soon. */
  start(id: string): void;
  /** It was looked at: the next look, if there is one more. */
  goOn(id: string): void;
  /** Nothing more is to be seen. */
  stop(id: string): void;
  close(): void;
}

/** @param look reads a thing once more */
export function createSecondLook(look: (id: string) => void): SecondLook {
  const timers = new Map<string, { timer: NodeJS.Timeout; looks: number }>();

  function schedule(id: string, looks: number): void {
    clearTimeout(timers.get(id)?.timer);
    const pause = LOOKS_MS[looks];
    if (pause === undefined) return void timers.delete(id);
    const timer = setTimeout(() => {
      timers.set(id, { timer, looks: looks + 1 });
      look(id);
    }, pause).unref();
    timers.set(id, { timer, looks });
  }

  return {
    start: (id) => schedule(id, 0),
    goOn: (id) => schedule(id, timers.get(id)?.looks ?? 0),
    stop(id) {
      clearTimeout(timers.get(id)?.timer);
      timers.delete(id);
    },
    close() {
      for (const { timer } of timers.values()) clearTimeout(timer);
      timers.clear();
    },
  };
}
