import { mkdtemp, rm, truncate } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { ImageRow } from '../../src/engine/image-row.ts';
import type { ImageIndex } from '../../src/image-index/image-index.ts';
import { follow } from '../live/follow.ts';
import { blobOf, idOf, writeLayoutFolder } from './layout-on-disk.ts';
import { openEmbedded, type OpenEmbedded } from './open-embedded.ts';

const WITHIN_MS = 10_000;
/** Source-watch reads a layout once more when it has been quiet for two seconds. */
const QUIET_MS = 2_500;
/** Longer than a tick may be late. */
const STALL_MS = 2_300;

describe('freshness of the embedded engine', () => {
  let directory: string;
  let embedded: OpenEmbedded;
  let index: ImageIndex;

  beforeEach(async () => {
    directory = await mkdtemp(join(tmpdir(), 'imagegraph-freshness-'));
    await writeLayoutFolder(directory, { 'demo/one:1': 'one' });
    embedded = openEmbedded({ kind: 'layout', directory });
  });
  afterEach(async () => {
    index.close();
    embedded.close();
    await rm(directory, { recursive: true });
  });

  async function rowOf(tag: string): Promise<ImageRow | undefined> {
    const { rows } = await index.read(AbortSignal.timeout(5_000)).images();
    return rows.find(({ tags }) => tags.includes(tag));
  }
  const untilShown = (tag: string) =>
    vi.waitUntil(async () => (await rowOf(tag)) !== undefined, { timeout: WITHIN_MS });

  it('images that are written to a layout', async () => {
    index = await follow(embedded.engine, false);
    await writeLayoutFolder(directory, { 'demo/one:1': 'one', 'demo/two:1': 'two' });
    await untilShown('demo/two:1');
    await writeLayoutFolder(directory, { 'demo/two:1': 'two' });
    await vi.waitUntil(async () => (await rowOf('demo/one:1')) === undefined, {
      timeout: WITHIN_MS,
    });
  });

  it('a blob that is written over in place', async () => {
    index = await follow(embedded.engine, { reconcileMs: 300, tickMs: 100 });
    const before = await rowOf('demo/one:1');
    await new Promise((quiet) => setTimeout(quiet, QUIET_MS));
    await truncate(blobOf(directory, await idOf(directory, 'demo/one:1')), 10);
    const { fullReads } = index.state();
    await vi.waitUntil(() => index.state().fullReads > fullReads + 1, { timeout: WITHIN_MS });
    expect(await rowOf('demo/one:1')).toEqual(before);
    await writeLayoutFolder(directory, { 'demo/one:1': 'one', 'demo/two:1': 'two' });
    await untilShown('demo/two:1');
    expect(await rowOf('demo/one:1')).not.toEqual(before);
  });

  it('what happened while the gateway stood still', async () => {
    index = await follow(embedded.engine, { tickMs: 100 });
    const { fullReads } = index.state();
    const until = performance.now() + STALL_MS;
    while (performance.now() < until);
    await vi.waitUntil(() => index.state().fullReads > fullReads, { timeout: WITHIN_MS });
  });
});
