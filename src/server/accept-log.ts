import type { Logger } from 'pino';

/** For how long nothing more is told: a machine without memory or files refuses connections by the thousand. */
const QUIET_MS = 60_000;

/**
 * Says that connections cannot be accepted, and by which code of the system, once a minute.
 * @param now a clock in milliseconds that never goes back
 */
export function createAcceptLog(
  log: Logger,
  now = () => performance.now(),
): (error: NodeJS.ErrnoException) => void {
  let toldAt = -Infinity;
  return ({ code }) => {
    if (now() - toldAt < QUIET_MS) return;
    toldAt = now();
    log.warn({ code }, 'connections cannot be accepted');
  };
}
