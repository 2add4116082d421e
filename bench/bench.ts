import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { loadMany } from '../test/engines/load-many.ts';
import { benchAttacks } from './attacks.ts';
import { benchChanges } from './changes.ts';
import { benchCold } from './cold.ts';
import { benchDetails } from './details.ts';
import { features } from './gateway.ts';
import { findApiFile } from './peer.ts';
import { type Bar, barTable, putIntoDocument, type Table, toText, unmeasured } from './report.ts';
import { untagAll } from './engine.ts';
import { benchFederation } from './federation.ts';
import { benchResilience } from './resilience.ts';
import { benchTenThousand } from './ten-thousand.ts';
import { benchVisible } from './visible.ts';
import { benchWarm } from './warm.ts';

/**
 * Everything that docs/performance.md says, measured in one run: npm run bench. With names of parts
 * (npm run bench -- cold), only these, and the document stays as it is.
 */
const start = performance.now();
const folder = await mkdtemp(join(tmpdir(), 'imagegraph-bench-'));
const engine = await loadMany(1_000);
const tables: Table[] = [];
const PARTS: Readonly<Record<string, () => Promise<readonly Bar[]>>> = {
  warm: () => benchWarm(engine, folder, tables),
  cold: () => benchCold(engine),
  changes: () => benchChanges(engine),
  details: () => benchDetails(engine, folder),
  visible: () => benchVisible(engine),
  many: () => benchTenThousand(folder),
  federation: () => benchFederation(engine, folder),
  attacks: () => benchAttacks(folder),
  resilience: () => benchResilience(),
};
const chosen = process.argv.length > 2 ? process.argv.slice(2) : Object.keys(PARTS);
await untagAll(engine);
try {
  const bars: Bar[] = [];
  for (const part of chosen) bars.push(...(await run(part)));
  const minutes = (performance.now() - start) / 60_000;
  const text = toText([barTable(bars), ...tables], remarks(), minutes);
  process.stdout.write(`${text}\n`);
  if (chosen.length === Object.keys(PARTS).length) await putIntoDocument(text);
} finally {
  await untagAll(engine);
  await rm(folder, { recursive: true });
}

async function run(part: string): Promise<readonly Bar[]> {
  const bench = PARTS[part];
  if (bench === undefined)
    throw new Error(`There is no ${part}, only ${Object.keys(PARTS).join()}`);
  const begin = performance.now();
  // What fails costs its own rows, and not the figures of all that was measured before it.
  const bars = await bench().catch((error: unknown) => {
    process.exitCode = 1;
    return [unmeasured(part, '', String(error).slice(0, 100))];
  });
  process.stderr.write(
    `bench: ${part} took ${((performance.now() - begin) / 1_000).toFixed(0)} s\n`,
  );
  return bars;
}

function remarks(): readonly string[] {
  const { live, responseCache } = features();
  const missing = [...(live ? [] : ['live index']), ...(responseCache ? [] : ['response cache'])];
  const release = `This release has no ${missing.join(' and no ')} yet: rows that speak of it show what there is.`;
  const peer = "Without the Engine's API file (IMAGEGRAPH_BENCH_API_FILE) there is no peer.";
  return [...(missing.length > 0 ? [release] : []), ...(findApiFile() === null ? [peer] : [])];
}
