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
    for (let page = 0; page < PAGES; page++) {
      const { images } = await ask(gateway.url, PAGE);
      if (images.totalCount !== IMAGES) throw new Error(`${images.totalCount} images`);
    }
    const { now, peak } = await gateway.memory();
    return [
      {
        what: 'resident memory after 10 pages of 1,000 from 10,000 images',
        figure: `${now.toFixed(0)} MiB`,
      },
      { what: 'its highest (bar: 256 MiB)', figure: `${peak.toFixed(0)} MiB` },
    ];
  } finally {
    await gateway.stop();
    await embedded.stop();
    await rm(folder, { recursive: true });
  }
}
