import type { ImageRow } from '../../src/engine/image-row.ts';
import type { HistoryStep, ImageDetail } from '../../src/engine/image-detail.ts';
import { idOf } from './stand-in-engine.ts';

/** What an engine would say of an image of a fixed list: its layers are those of its parents and one of its own. */
export function detailOf(rows: readonly ImageRow[], id: string): ImageDetail | null {
  const place = placesOf(rows).get(id);
  const row = place === undefined ? undefined : rows[place];
  if (place === undefined || row === undefined) return null;
  const at = rows.length - place;
  return {
    id,
    tags: row.tags,
    digests: row.digests,
    parentId: row.parentId,
    created: null,
    author: at % 3 === 0 ? 'Team' : null,
    comment: null,
    lastTagged: 1_700_000_000 + at,
    platform: { os: 'linux', architecture: 'amd64', variant: null, osVersion: null },
    layers: chainOf(rows, row),
    config: {
      environment: [
        { name: 'APP', value: row.id },
        { name: 'TOKEN', value: null },
      ],
      entrypoint: at % 2 === 0 ? ['/app'] : null,
      command: [],
      workingDirectory: '/',
      user: null,
      exposedPorts: ['80/tcp'],
      volumes: [],
      labels: row.labels,
      stopSignal: null,
      onBuild: [],
      shell: null,
    },
    manifests: row.manifests,
    descriptor: row.descriptor,
  };
}

/** A step for each layer, and one without. */
export function historyOf(rows: readonly ImageRow[], id: string): readonly HistoryStep[] | null {
  const detail = detailOf(rows, id);
  if (detail === null) return null;
  const step = { created: 1_700_000_000, isRedacted: false, comment: null };
  return [
    { ...step, imageId: id, createdBy: 'CMD ["/app"]', size: 0 },
    ...detail.layers.map((_, at) => ({
      ...step,
      imageId: null,
      createdBy: `COPY ${at} /`,
      size: 10 + at,
    })),
  ];
}

function chainOf(rows: readonly ImageRow[], row: ImageRow): readonly string[] {
  const places = placesOf(rows);
  const parent = row.parentId === row.id ? undefined : rows[places.get(row.parentId ?? '') ?? -1];
  const below = parent === undefined ? [] : chainOf(rows, parent);
  return [...below, idOf(1_000_000 + rows.length - (places.get(row.id) ?? -1))];
}

const allPlaces = new WeakMap<readonly ImageRow[], ReadonlyMap<string, number>>();

function placesOf(rows: readonly ImageRow[]): ReadonlyMap<string, number> {
  const known = allPlaces.get(rows) ?? new Map(rows.map(({ id }, at) => [id, at]));
  allPlaces.set(rows, known);
  return known;
}
