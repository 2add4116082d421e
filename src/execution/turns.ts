/** How long an execution keeps everybody else waiting, in milliseconds. */
const TURN_MS = 20;

/** Asked now and then by what takes long: null to go on, else when to. */
export type Rest = () => Promise<void> | null;

/** Executions that have worked for long enough, in the order in which they go on. */
const resting: (() => void)[] = [];

/** One goes on in each round of the event loop, so that all that is small comes between. */
function goOn(): void {
  resting.shift()?.();
  if (resting.length > 0) setImmediate(goOn);
}

/** The turns of one execution. */
export function createTurns(): Rest {
  let end = performance.now() + TURN_MS;
  return () => {
    if (performance.now() < end) return null;
    return new Promise((resolve) => {
      resting.push(() => {
        end = performance.now() + TURN_MS;
        resolve();
      });
      if (resting.length === 1) setImmediate(goOn);
    });
  };
}
