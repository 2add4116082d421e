import { readdirSync } from 'node:fs';
import type { ImageRow } from '../../src/engine/image-row.ts';
import { recorded } from '../support/replay-engine.ts';
import type { FilledEngine } from './facts.ts';

/** A JSON object as an engine sent it. */
export type Raw = Readonly<Record<string, any>>;

/** Every folder of recorded answers: an engine at an API version. */
export const FOLDERS = readdirSync(new URL('../fixtures/', import.meta.url), {
  withFileTypes: true,
})
  .filter((entry) => entry.isDirectory())
  .map(({ name }) => name)
  .sort();

/** The folders of each engine's newest version, which were asked more than the others. */
export const NEWEST = [
  'docker-20-1.41',
  'docker-28-containerd-1.51',
  'docker-28-graph-1.51',
  'podman-5-1.44',
];

/** The folders of one engine, e.g. docker-28-graph. */
export function foldersOf(engine: string): string[] {
  return FOLDERS.filter((folder) => folder.startsWith(`${engine}-`));
}

/** What fill made on the engine of a folder. */
export function scenariosOf(folder: string): FilledEngine {
  const newest = NEWEST.find((name) => name.startsWith(folder.replace(/1\.\d+$/, '')));
  return recorded(newest ?? folder, 'scenarios') as FilledEngine;
}

export function recordedRows(folder: string, file = 'images'): readonly Raw[] {
  return recorded(folder, file) as readonly Raw[];
}

/** The recorded row of a name, as the engine sent it. */
export function rawNamed(folder: string, name: string | null): Raw {
  return recordedRows(folder).find((raw) => raw['RepoTags']?.includes(name)) ?? {};
}

/** The mapped row of a name. */
export function rowNamed(rows: readonly ImageRow[], name: string): ImageRow {
  return rows.find(
    ({ tags, digests }) => tags.includes(name) || digests.includes(name),
  ) as ImageRow;
}

export function rowOf(rows: readonly ImageRow[], id: string): ImageRow {
  return rows.find((row) => row.id === id) as ImageRow;
}
