import { destination, pino, type Logger } from 'pino';

/**
 * The log: one JSON object a line on stderr, since stdout belongs to the ready line and to printed schemas.
 * @param forPeople writes plain sentences instead, for a terminal
 */
export function createLog(forPeople: boolean): Logger {
  if (!forPeople) return pino({ base: null }, destination({ fd: 2, sync: true }));
  return pino({ base: null }, { write: (line: string) => void process.stderr.write(plain(line)) });
}

function plain(line: string): string {
  const { level, msg, engine, detail } = JSON.parse(line) as Record<string, unknown>;
  const mark = Number(level) >= 40 ? 'warning: ' : '';
  const subject = typeof engine === 'string' ? `${engine}: ` : '';
  const reason = typeof detail === 'string' ? ` (${detail})` : '';
  // Engine texts may hold control characters that a terminal would obey.
  return `${mark}${subject}${String(msg)}${reason}`.replaceAll(/[\p{Cc}\p{Cf}]/gu, ' ') + '\n';
}
