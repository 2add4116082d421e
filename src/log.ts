import { destination, pino, type Logger } from 'pino';

/** Whatever bears one of these names, in an object or three levels below, is not logged. */
const SECRETS = [
  'authorization',
  'cookie',
  'proxy-authorization',
  'set-cookie',
  'x-registry-auth',
  'x-registry-config',
].flatMap((name) => [name, name.replaceAll(/\b[a-z]/g, (letter) => letter.toUpperCase())]);
const REDACTED = {
  paths: ['', '*', '*.*', '*.*.*'].flatMap((at) => SECRETS.map((name) => `${at}["${name}"]`)),
  censor: '[redacted]',
};

/**
 * The log: one JSON object a line on stderr, since stdout belongs to the ready line and to printed schemas.
 * @param forPeople writes plain sentences instead, for a terminal
 */
export function createLog(forPeople: boolean): Logger {
  const options = { base: null, redact: REDACTED };
  if (!forPeople) return pino(options, destination({ fd: 2, sync: true }));
  return pino(options, { write: (line: string) => void process.stderr.write(plain(line)) });
}

function plain(line: string): string {
  const { level, msg, engine, time: _time, ...rest } = JSON.parse(line) as Record<string, unknown>;
  const mark = Number(level) >= 40 ? 'warning: ' : '';
  const subject = typeof engine === 'string' ? `${engine}: ` : '';
  const reasons = Object.entries(rest).map(([name, value]) => reasonOf(name, value));
  const brackets = reasons.length === 0 ? '' : ` (${reasons.join(', ')})`;
  // Engine texts may hold control characters that a terminal would obey.
  return `${mark}${subject}${String(msg)}${brackets}`.replaceAll(/[\p{Cc}\p{Cf}]/gu, ' ') + '\n';
}

function reasonOf(name: string, value: unknown): string {
  if (name === 'detail') return String(value);
  if (name === 'milliseconds') return `${Number(value)} ms`;
  if (name === 'err') return String((value as { stack?: unknown } | null)?.stack ?? value);
  return `${name} ${typeof value === 'string' ? value : JSON.stringify(value)}`;
}
