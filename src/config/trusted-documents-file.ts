import { type Manifest, parseManifest } from '../trusted-documents/manifest.ts';
import type { ConfigFiles } from './config-files.ts';
import type { GivenOptions } from './given-options.ts';
import { quote } from './quote.ts';
import { readFile } from './given-file.ts';

/** The manifest of the only documents that may be run; null when none is given, and, with a problem, for what is none. */
export function readTrustedDocuments(
  given: GivenOptions,
  files: ConfigFiles,
  problems: string[],
): Manifest | null {
  const file = readFile(given, 'trusted-documents', files, problems);
  if (file === null) return null;
  const manifest = parseManifest(file.text);
  if (manifest === null) {
    problems.push(
      `${file.source}: ${quote(file.path)} is no manifest of operations. Give the JSON that a code generator writes: an object of ids and documents, or Apollo's.`,
    );
  }
  return manifest;
}
