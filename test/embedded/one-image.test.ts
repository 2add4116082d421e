import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import type { EmbeddedEndpoint } from '../../src/embedded/source.ts';
import { toImageRow } from '../../src/engine/image-mapping.ts';
import { toRowOfInspect } from '../../src/engine/inspect-mapping.ts';
import { tarOf } from '../engines/archive.ts';
import { layoutTar } from '../engines/layout.ts';
import { blobOf, idOf, writeLayoutFolder } from './layout-on-disk.ts';
import { openEmbedded } from './open-embedded.ts';

const API = 51;
let folder: string;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'imagegraph-one-image-'));
});
afterAll(() => rm(folder, { recursive: true }));

async function expectSameRows(endpoint: EmbeddedEndpoint): Promise<void> {
  const { call, close } = openEmbedded(endpoint);
  const { body: list } = await call(`/v1.${API}/images/json?all=1&manifests=1`);
  expect(list.length).toBeGreaterThan(0);
  for (const listed of list) {
    const { body: inspected } = await call(`/v1.${API}/images/${listed.Id}/json?manifests=1`);
    expect(toRowOfInspect(inspected, API)).toEqual(toImageRow(listed, API));
  }
  expect((await call(`/v1.${API}/info`)).body.Images).toBe(list.length);
  close();
}

it('inspect and list say the same of each sample', async () => {
  await expectSameRows({ kind: 'sample' });
});

it('inspect and list say the same of dates of any kind', async () => {
  const file = join(folder, 'dates.tar');
  const layers = [await tarOf({ file: 'content' })];
  const dates = ['2024-01-01T00:00:00.5+02:00', '1960-01-01T00:00:00.5Z', '0001-01-01T00:00:00Z'];
  const images = [...dates, 'yesterday', null].map((created, index) => ({
    name: `demo/dates:${index}`,
    labels: { index: `${index}` },
    layers,
    created,
  }));
  await writeFile(file, await layoutTar(images));
  await expectSameRows({ kind: 'archive', file });
});

it('inspect and list say the same of an image of which nothing is here', async () => {
  const directory = join(folder, 'layout');
  await writeLayoutFolder(directory, { 'demo/one:1': 'one', 'demo/two:1': 'two' });
  await rm(blobOf(directory, await idOf(directory, 'demo/one:1')));
  await expectSameRows({ kind: 'layout', directory });
});
