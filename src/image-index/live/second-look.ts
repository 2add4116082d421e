import type { ImageRow } from '../../engine/engine.ts';

/** When an image is looked at again, in milliseconds after the first look. */
const LOOKS_MS = [50, 200, 1_000] as const;

/**
 * The containerd store announces an image before it has unpacked it (import, build, load; seen on 28.5), and
 * nothing is announced when it has. So an image that an event named and that is not unpacked is looked at a
 * few times more. Nobody waits for that: it may be one that is never unpacked.
 */
export interface SecondLook {
  /** An image was read because of an event. */
  seen(row: ImageRow): void;
  gone(id: string): void;
  close(): void;
}

/** @param look reads an image once more */
export function createSecondLook(look: (id: string) => void): SecondLook {
  const timers = new Map<string, { timer: NodeJS.Timeout; looks: number }>();

  function schedule(id: string, looks: number): void {
    const pause = LOOKS_MS[looks];
    if (pause === undefined) return void timers.delete(id);
    const timer = setTimeout(() => {
      timers.set(id, { timer, looks: looks + 1 });
      look(id);
    }, pause).unref();
    timers.set(id, { timer, looks });
  }

  return {
    seen({ id, manifests }) {
      const known = timers.get(id);
      clearTimeout(known?.timer);
      const isUnpacked = manifests?.some(({ unpackedSize }) => (unpackedSize ?? 0) > 0) ?? true;
      if (isUnpacked || manifests?.length === 0) timers.delete(id);
      else schedule(id, known?.looks ?? 0);
    },
    gone(id) {
      clearTimeout(timers.get(id)?.timer);
      timers.delete(id);
    },
    close() {
      for (const { timer } of timers.values()) clearTimeout(timer);
      timers.clear();
    },
  };
}
