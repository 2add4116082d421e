import { pino } from 'pino';
import { beforeEach, expect, it } from 'vitest';
import { createRefusedLog } from '../../src/server/refused-log.ts';

const lines: string[] = [];
const log = pino({ base: null }, { write: (line: string) => void lines.push(line) });
beforeEach(() => void lines.splice(0));

it('a refused value is told once, with the option that allows it', () => {
  const refused = createRefusedLog(log);
  refused('Host', 'images.example.com');
  refused('Host', 'images.example.com');
  refused('Origin', 'images.example.com');
  expect(lines).toHaveLength(2);
  expect(lines[0]).toContain('--allow-host');
  expect(lines[1]).toContain('--allow-origin');
});

it('many are told up to a hundred an hour, and that there are more', () => {
  let time = 1;
  const refused = createRefusedLog(log, () => time);
  for (let at = 0; at < 1_000; at++) refused('Host', `${at}.example.com${'x'.repeat(1_000)}`);
  expect(lines).toHaveLength(101);
  expect(lines.at(-1)).toContain('further');
  for (const line of lines) expect(line.length).toBeLessThan(400);
  time = 3_600_002;
  refused('Host', 'images.example.com');
  expect(lines.at(-1)).toContain('images.example.com');
});

it('a password in a refused value is not told', () => {
  createRefusedLog(log)('Origin', 'https://u:hunter2@evil.example');
  expect(lines.join()).toContain('evil.example');
  expect(lines.join()).not.toContain('hunter2');
});
