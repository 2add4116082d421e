import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { writeMany } from '../test/engines/load-many.ts';
import { PAGE } from './first-page.ts';
import { ask, startEmbedded, startGateway } from './processes.ts';
import type { Row } from './report.ts';

const IMAGES = 10_000;
const PAGES = 10;

/** What the gateway's process holds while it answers from an engine of 10,000 images in another process. */
export async function benchMemory(): Promise<Row[]> {
  const folder = await mkdtemp(join(tmpdir(), 'imagegraph-bench-'));
  const archive = join(folder, 'many.tar');
  await writeMany(archive, IMAGES);
  const embedded = await startEmbedded(archive, join(folder, 'engine.sock'));
  const gateway = await startGateway(embedded.url);
  try {
    await page(gateway.url);
    const first = await gateway.memory();
    for (let more = 1; more < PAGES; more++) await page(gateway.url);
    const last = await gateway.memory();
    return [
      {
        what: 'peak memory, first page of 1,000 from 10,000 images (bar: 256 MiB)',
        figure: mebibytes(first.peak),
      },
      { what: `peak memory after ${PAGES} such pages`, figure: mebibytes(last.peak) },
    ];
  } finally {
    await gateway.stop();
    await embedded.stop();
    await rm(folder, { recursive: true });
  }
}

async function page(url: string): Promise<void> {
  const { images } = await ask(url, PAGE);
  if (images.totalCount !== IMAGES) throw new Error(`${images.totalCount} images`);
}

function mebibytes(size: number): string {
  return `${size.toFixed(0)} MiB`;
}
