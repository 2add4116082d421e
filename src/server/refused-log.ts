import type { Logger } from 'pino';
import type { DoorRules } from './door.ts';

/** How many values are told: whoever knocks at the door must not fill the log. */
const MAX_TOLD = 100;
const MAX_LENGTH = 200;

const ADVICE = { Host: '--allow-host', Origin: '--allow-origin' } as const;

/** Says each refused value of Host or Origin once, with the option that would allow it. */
export function createRefusedLog(log: Logger): NonNullable<DoorRules['onRefused']> {
  const told = new Set<string>();
  return (header, value) => {
    const refused = value.slice(0, MAX_LENGTH);
    const key = `${header} ${refused}`;
    if (told.size >= MAX_TOLD || told.has(key)) return;
    told.add(key);
    log.warn(
      { detail: refused },
      `${header} refused; if it is meant, start with ${ADVICE[header]}`,
    );
  };
}
