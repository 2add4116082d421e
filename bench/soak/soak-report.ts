import { atMost, type Bar, barTable, digits, type Table, toText } from '../report.ts';
import { percentile } from '../statistics.ts';
import { type Growth, type Heap, mebibytes } from './heap.ts';
import type { Tally } from './traffic.ts';

/** One round of load, calm and a look at the heap. */
export interface Round {
  readonly requests: number;
  /** Faults of networks. */
  readonly faults: number;
  /** From the end of the load until every engine was followed again. */
  readonly recoveryMs: number;
  readonly heap: Heap;
  /** Resident memory after the calm, and its highest so far, in MiB. */
  readonly rss: number;
  readonly peak: number;
}

/** All that a soak has found. */
export interface Findings {
  readonly rounds: readonly Round[];
  readonly tally: Tally;
  readonly exits: number;
  readonly growths: readonly Growth[];
  readonly minutes: number;
}

/** Once nothing is wrong any more; a list of 10,000 images takes a second of it. */
const RECOVERED_MS = 30_000;

/** The findings as Markdown, and whether they are as they must be. */
export function soakReport(findings: Findings): { text: string; isMet: boolean } {
  const { rounds, tally, exits, growths, minutes } = findings;
  const recoveries = rounds.map(({ recoveryMs }) => recoveryMs / 1_000);
  const bars: readonly Bar[] = [
    atMost('exits of the gateway', 0, '', [exits]),
    atMost(
      `of ${tally.sent} requests, without an answer in 20.5 s, HTTP 500, unknown codes, answers without the healthy engine`,
      0,
      '',
      [tally.broken],
    ),
    atMost('until all engines are followed again', RECOVERED_MS / 1_000, ' s', recoveries),
    atMost(`classes that grew in all of ${rounds.length - 1} heaps`, 0, '', [growths.length]),
  ];
  const tables = [
    barTable(bars),
    kindTable(tally),
    codeTable(tally),
    roundTable(rounds),
    ...(growths.length > 0 ? [growthTable(growths)] : []),
  ];
  const text = toText(
    tables,
    tally.examples.map((example) => `- ${example}`),
    minutes,
  );
  return { text, isMet: bars.every(({ met }) => met) };
}

function kindTable({ latencies, left }: Tally): Table {
  const rows = [...latencies].map(([kind, all]) => {
    const times = [percentile(all, 50), percentile(all, 99), percentile(all, 100)];
    return [kind, String(all.length), ...times.map((ms) => `${digits(ms)} ms`)];
  });
  return {
    title: `Answers by kind of request; ${left} more clients left before theirs:`,
    head: ['request', 'answers', 'p50', 'p99', 'longest'],
    rows,
  };
}

function codeTable({ answers }: Tally): Table {
  const rows = [...answers].toSorted(([, one], [, other]) => other - one);
  return {
    title: 'What they said, an answer with several errors counted by each:',
    head: ['code', 'times'],
    rows: rows.map(([code, times]) => [code, String(times)]),
  };
}

function roundTable(rounds: readonly Round[]): Table {
  return {
    title: 'Round by round, after each calm:',
    head: ['round', 'requests', 'faults', 'RSS', 'highest RSS', 'heap', 'objects'],
    rows: rounds.map(({ requests, faults, rss, peak, heap }, at) => {
      const objects = [...heap.values()].reduce((sum, { count }) => sum + count, 0);
      const memory = [rss, peak, mebibytes(heap)].map((size) => `${digits(size)} MiB`);
      return [at + 1, requests, faults, ...memory, objects].map(String);
    }),
  };
}

function growthTable(growths: readonly Growth[]): Table {
  return {
    title: 'What grew each time:',
    head: ['class', 'instances', 'bytes'],
    rows: growths.map(({ name, counts, bytes }) => [name, counts.join(', '), bytes.join(', ')]),
  };
}
