import { readdirSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import type { ImageRow } from '../../src/engine/image-row.ts';
import { toRowOfInspect } from '../../src/engine/inspect-mapping.ts';
import { foldersOf, type Raw, rowOf } from '../engines/recordings.ts';
import { listed } from '../engines/replayed.ts';
import { recorded } from '../support/replay-engine.ts';

/** Folders in which inspects have manifests, so that they give rows. */
const FOLDERS = foldersOf('docker-28-containerd').filter((folder) => apiOf(folder) >= 48);
const INSPECTS = FOLDERS.flatMap((folder) =>
  readdirSync(new URL(`../fixtures/${folder}/inspect/`, import.meta.url)).map(
    (file) => [folder, file.replace('.json', '')] as const,
  ),
);

function apiOf(folder: string): number {
  return Number(folder.split('-1.')[1]);
}

describe('a row that is made of an inspect', () => {
  it.each(INSPECTS)('is the row of the list: %s, %s', async (folder, file) => {
    const raw = recorded(folder, `inspect/${file}`) as Raw;
    const row = toRowOfInspect(raw, apiOf(folder)) as ImageRow;
    expect(row).toEqual(rowOf(await listed(folder), row.id));
  });

  it('exists for every scenario of the newest version', () => {
    expect(INSPECTS.filter(([folder]) => folder.endsWith('1.51')).length).toBeGreaterThan(10);
  });

  it('is none without a usable ID', () => {
    expect(toRowOfInspect({}, 51)).toBeNull();
    expect(toRowOfInspect({ Id: 'x' }, 51)).toBeNull();
  });
});
