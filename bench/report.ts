import { readFile, writeFile } from 'node:fs/promises';
import { availableParallelism, cpus, totalmem } from 'node:os';
import { fileURLToPath } from 'node:url';

/** One line of a table. */
export interface Row {
  readonly what: string;
  readonly figure: string;
}

const DOCUMENT = fileURLToPath(new URL('../docs/performance.md', import.meta.url));
const [BEGIN, END] = ['<!-- bench: begin -->', '<!-- bench: end -->'];

/** The middle one of some numbers. */
export function median(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? Number.NaN;
}

/** Milliseconds as people read them. */
export function seconds(milliseconds: number): string {
  return `${(milliseconds / 1000).toFixed(2)} s`;
}

/** Prints a table, and puts it in place of the last one in docs/performance.md. */
export async function report(rows: readonly Row[]): Promise<void> {
  const memory = (totalmem() / 2 ** 30).toFixed(0);
  const cpu = cpus()[0]?.model.trim() ?? 'unknown CPU';
  const text = [
    `On ${new Date().toISOString().slice(0, 10)}, Node ${process.versions.node}, ${availableParallelism()} cores (${cpu}), ${memory} GiB:`,
    '',
    '| what | figure |',
    '| --- | --- |',
    ...rows.map(({ what, figure }) => `| ${what} | ${figure} |`),
  ].join('\n');
  process.stdout.write(`${text}\n`);
  const document = await readFile(DOCUMENT, 'utf8');
  const before = document.slice(0, document.indexOf(BEGIN) + BEGIN.length);
  await writeFile(DOCUMENT, `${before}\n\n${text}\n\n${document.slice(document.indexOf(END))}`);
}
