import { LRUCache } from 'lru-cache';
import type { Logger } from 'pino';
import { hideSecrets } from '../engine/secret-forms.ts';
import type { DoorRules } from './door.ts';

/** Values that are told in an hour: whoever knocks at the door must not fill the log. */
const MAX_TOLD = 100;
const FORGET_MS = 3_600_000;
const MAX_LENGTH = 200;

const ADVICE = { Host: '--allow-host', Origin: '--allow-origin' } as const;

/**
 * Says each refused value of Host or Origin once an hour, with the option that would allow it.
 * @param now a clock in milliseconds that never goes back
 */
export function createRefusedLog(
  log: Logger,
  now = () => performance.now(),
): NonNullable<DoorRules['onRefused']> {
  const told = new LRUCache<string, true>({
    max: MAX_TOLD,
    ttl: FORGET_MS,
    perf: { now },
    ttlResolution: 0,
  });
  return (header, value) => {
    const refused = value.slice(0, MAX_LENGTH);
    const key = `${header} ${refused}`;
    if (told.has(key)) return;
    told.purgeStale();
    if (told.size === MAX_TOLD) return;
    told.set(key, true);
    log.warn(
      { detail: hideSecrets(refused) },
      `${header} refused; if it is meant, start with ${ADVICE[header]}`,
    );
    if (told.size === MAX_TOLD) log.warn('further refused values are not told for an hour');
  };
}
