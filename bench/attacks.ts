import { randomBytes } from 'node:crypto';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { refused } from '../test/limits/recipes.ts';
import { cpuOf } from './proc.ts';
import { type Running, start } from './processes.ts';
import { atMost, type Bar } from './report.ts';
import { median } from './statistics.ts';

/** How often each is sent, with another text each time: nothing of it is known from before. */
const TIMES = 20;
const MOST_CPU_MS = 50;
const MOST_BYTES = 10_000;
const GUESSES = 2_000;

/** What it costs to refuse the recipes of attacks that test/limits sends, over the sample images. */
export async function benchAttacks(folder: string): Promise<readonly Bar[]> {
  const tokenFile = join(folder, 'token');
  const token = randomBytes(32).toString('hex');
  await writeFile(tokenFile, token, { mode: 0o600 });
  const args = ['--engine', 'sample', '--port', '0', '--federation', '--token-file', tokenFile];
  const gateway = await start(['dist/main.js', ...args], { quiet: true });
  try {
    const costs = await costsOf(gateway, token);
    const dearest = costs.reduce((most, cost) => (cost.cpuMs > most.cpuMs ? cost : most));
    return [
      atMost(
        `CPU to refuse one of ${costs.length} attacks, the dearest (${dearest.name})`,
        MOST_CPU_MS,
        ' ms',
        [dearest.cpuMs],
      ),
      atMost('the longest of their answers', MOST_BYTES, ' bytes', [
        Math.max(...costs.map(({ bytes }) => bytes)),
      ]),
      atMost(
        'between a wrong token and one that is right but for its last character, median',
        1,
        ' ms',
        [await tokenDifference(gateway, token)],
      ),
    ];
  } finally {
    await gateway.stop();
  }
}

interface Cost {
  readonly name: string;
  readonly cpuMs: number;
  readonly bytes: number;
}

async function costsOf(gateway: Running, token: string): Promise<readonly Cost[]> {
  const costs: Cost[] = [];
  for (const [name, body, code] of refused) {
    let bytes = 0;
    const before = await cpuOf([gateway.pid]);
    for (let at = 0; at < TIMES; at++) {
      // A comment of its own: no document and no answer is found in a cache.
      const fresh = body.replace('"query":"', `"query":"#${at}\\n`);
      const text = await post(gateway.url, fresh, token);
      if (!text.includes(`"code":"${code}"`)) throw new Error(`${name}: ${text}`);
      bytes = Math.max(bytes, text.length);
    }
    costs.push({ name, cpuMs: ((await cpuOf([gateway.pid])) - before) / TIMES, bytes });
  }
  return costs;
}

async function tokenDifference({ url }: Running, token: string): Promise<number> {
  const nearly = `${token.slice(0, -1)}x`;
  const timesOf: [number[], number[]] = [[], []];
  for (let at = 0; at < GUESSES; at++) {
    for (const [which, guess] of [nearly, 'x'.repeat(token.length)].entries()) {
      const since = performance.now();
      const text = await post(url, '{"query":"{ __typename }"}', guess);
      timesOf[which as 0 | 1].push(performance.now() - since);
      if (!text.includes('"UNAUTHENTICATED"')) throw new Error(text);
    }
  }
  return Math.abs(median(timesOf[0]) - median(timesOf[1]));
}

async function post(url: string, body: string, token: string): Promise<string> {
  const headers = { 'content-type': 'application/json', authorization: `Bearer ${token}` };
  return (await fetch(url, { method: 'POST', headers, body })).text();
}
