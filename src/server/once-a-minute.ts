/** For how long nothing more is told: a machine without memory or files refuses connections by the thousand. */
const QUIET_MS = 60_000;

/**
 * Tells once a minute at most, however often there is something to tell.
 * @param now a clock in milliseconds that never goes back
 */
export function onceAMinute<Given extends readonly unknown[]>(
  tell: (...given: Given) => void,
  now = () => performance.now(),
): (...given: Given) => void {
  let toldAt = -Infinity;
  return (...given) => {
    if (now() - toldAt < QUIET_MS) return;
    toldAt = now();
    tell(...given);
  };
}
