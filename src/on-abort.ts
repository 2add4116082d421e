/** What is told of one signal, and how it hears of it. */
interface Told {
  readonly all: Set<() => void>;
  readonly hear: () => void;
}

const told = new WeakMap<AbortSignal, Told>();

/**
 * Tells of the end of a signal, at once where it has ended, and by one listener however many wait by it: Node goes through
 * all listeners of a signal when one is added, so that ten thousand would cost seconds. Nothing is left on the signal
 * once all have stopped.
 * @returns stops to be told
 */
export function onAbort(signal: AbortSignal, listener: () => void): () => void {
  if (signal.aborted) {
    listener();
    return () => {};
  }
  const { all, hear } = told.get(signal) ?? listen(signal);
  all.add(listener);
  return () => {
    all.delete(listener);
    if (all.size > 0 || told.get(signal)?.all !== all) return;
    signal.removeEventListener('abort', hear);
    told.delete(signal);
  };
}

function listen(signal: AbortSignal): Told {
  const all = new Set<() => void>();
  const hear = (): void => {
    told.delete(signal);
    for (const listener of all) listener();
  };
  const fresh = { all, hear };
  told.set(signal, fresh);
  signal.addEventListener('abort', hear, { once: true });
  return fresh;
}
