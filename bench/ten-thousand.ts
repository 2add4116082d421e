import { join } from 'node:path';
import { writeMany } from '../test/engines/load-many.ts';
import { startWarm, UNCACHED } from './gateway.ts';
import { interleaved } from './load.ts';
import { benchEventLoop } from './event-loop.ts';
import { benchMemory } from './memory.ts';
import { type Running, startEmbedded } from './processes.ts';
import { page } from './query.ts';
import { atMost, type Bar } from './report.ts';

const EACH = { clients: 1, ms: 2_000, requests: 20 };

const CREATED = page(20, { orderBy: [{ field: 'CREATED', direction: 'DESC' }] });
const NAME = page(20, { orderBy: [{ field: 'NAME' }] });
const LABEL = page(20, { filter: { labels: [{ key: 'team', value: 'team-7' }] } });
const SEARCH = page(20, { filter: { search: 'app-77' } });

/** What a store ten times as big costs, over the embedded engine in a process of its own. */
export async function benchTenThousand(folder: string): Promise<readonly Bar[]> {
  const many = await startWith(10_000, folder);
  const thousand = await startWith(1_000, folder);
  try {
    const pages = await benchPages(many.url, thousand.url);
    await thousand.stop();
    const memory = await benchMemory(many.url);
    await many.stop();
    const loop = await benchEventLoop(archiveOf(10_000, folder), join(folder, 'restarted.sock'));
    return [...pages, ...memory, loop];
  } finally {
    await Promise.all([many.stop(), thousand.stop()]);
  }
}

function archiveOf(count: number, folder: string): string {
  return join(folder, `${count}.tar`);
}

async function startWith(count: number, folder: string): Promise<Running> {
  const archive = archiveOf(count, folder);
  await writeMany(archive, count);
  return startEmbedded(archive, join(folder, `${count}.sock`));
}

async function benchPages(many: string, thousand: string): Promise<readonly Bar[]> {
  const [big, small] = [await startWarm(many, UNCACHED), await startWarm(thousand, UNCACHED)];
  try {
    const questions = [
      [big.url, CREATED],
      [big.url, NAME],
      [big.url, LABEL],
      [big.url, SEARCH],
      [small.url, CREATED],
    ] as const;
    const medians = await interleaved(questions, EACH);
    const [created = Number.NaN, , , , createdOfFewer = Number.NaN] = medians;
    const what = '10,000 images, page of 20, cache off, p50';
    return [
      atMost(`${what}: by CREATED, by NAME, label filter, search`, 30, ' ms', medians.slice(0, 4)),
      atMost(`${what}: by CREATED, against 1,000 images`, 1.5, ' ×', [created / createdOfFewer]),
    ];
  } finally {
    await Promise.all([big.stop(), small.stop()]);
  }
}
