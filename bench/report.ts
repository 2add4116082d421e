import { readFile, writeFile } from 'node:fs/promises';
import { availableParallelism, cpus, totalmem } from 'node:os';
import { fileURLToPath } from 'node:url';

/** A figure that was promised, and what came of it. */
export interface Bar {
  readonly what: string;
  readonly figure: string;
  readonly bar: string;
  /** null when it could not be measured; figure says why. */
  readonly met: boolean | null;
}

/** A table with a text before it. */
export interface Table {
  readonly title: string;
  readonly head: readonly string[];
  readonly rows: readonly (readonly string[])[];
}

const DOCUMENT = fileURLToPath(new URL('../docs/performance.md', import.meta.url));
const [BEGIN, END] = ['<!-- bench: begin -->', '<!-- bench: end -->'];

/** A ratio that must not be lower; of several, the lowest counts. */
export function atLeast(what: string, least: number, values: readonly number[]): Bar {
  const figure = values.map((value) => `${digits(value)} ×`).join(', ');
  return { what, figure, bar: `≥ ${least} ×`, met: Math.min(...values) >= least };
}

/** A figure that must not be higher; of several, the highest counts. */
export function atMost(what: string, most: number, unit: string, values: readonly number[]): Bar {
  const figure = values.map((value) => `${digits(value)}${unit}`).join(', ');
  return { what, figure, bar: `≤ ${most}${unit}`, met: Math.max(...values) <= most };
}

/** A figure that could not be had, with the reason. */
export function unmeasured(what: string, bar: string, reason: string): Bar {
  return { what, figure: reason, bar, met: null };
}

/** As many digits as mean something. */
export function digits(value: number): string {
  if (Number.isNaN(value)) return '–';
  if (Number.isInteger(value)) return String(value);
  const places = Math.abs(value) >= 100 ? 0 : Math.abs(value) >= 10 ? 1 : 2;
  return value.toFixed(places);
}

/** The bars as a table. */
export function barTable(bars: readonly Bar[]): Table {
  const verdict = ({ met }: Bar) => (met === null ? '–' : met ? 'yes' : '**no**');
  return {
    title: 'What was promised, and what came of it:',
    head: ['what', 'measured', 'bar', 'met'],
    rows: bars.map((bar) => [bar.what, bar.figure, bar.bar, verdict(bar)]),
  };
}

/** What a run has to say, as Markdown. */
export function toText(
  tables: readonly Table[],
  remarks: readonly string[],
  minutes: number,
): string {
  return [machine(minutes), ...remarks, ...tables.map(toMarkdown)].join('\n\n');
}

/** Puts a text in place of the last one in docs/performance.md. */
export async function putIntoDocument(text: string): Promise<void> {
  const document = await readFile(DOCUMENT, 'utf8');
  const before = document.slice(0, document.indexOf(BEGIN) + BEGIN.length);
  await writeFile(DOCUMENT, `${before}\n\n${text}\n\n${document.slice(document.indexOf(END))}`);
}

function machine(minutes: number): string {
  const memory = (totalmem() / 2 ** 30).toFixed(0);
  const cpu = cpus()[0]?.model.trim() ?? 'unknown CPU';
  const day = new Date().toISOString().slice(0, 10);
  const cores = `${availableParallelism()} cores (${cpu})`;
  return `On ${day}, Node ${process.versions.node}, ${cores}, ${memory} GiB, in ${minutes.toFixed(0)} minutes:`;
}

function toMarkdown({ title, head, rows }: Table): string {
  const lines = [head, head.map(() => '---'), ...rows].map((cells) => `| ${cells.join(' | ')} |`);
  return [title, '', ...lines].join('\n');
}
