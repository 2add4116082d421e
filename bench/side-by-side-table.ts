import { type Contenders, everyone } from './contenders.ts';
import { digits, type Table } from './report.ts';
import { type Cell, type Round, ROUNDS, SLOW_PATIENCE_MS } from './side-by-side.ts';
import { median } from './statistics.ts';

/** All of it, what is compared close together. */
export function sideBySideTable(contenders: Contenders, cells: readonly Cell[]): Table {
  const order = everyone(contenders);
  const sorted = cells.toSorted(
    (a, b) =>
      b.first - a.first ||
      a.clients - b.clients ||
      order.indexOf(a.contender) - order.indexOf(b.contender),
  );
  return {
    title: `1,000 images on Docker 28.5, side by side. Medians of ${ROUNDS} rounds; processor time for each answer; whoever has to wait ${SLOW_PATIENCE_MS / 1_000} s gives up:`,
    head: ['server', 'page', 'clients', 'answers/s', 'p50', 'p99', 'CPU', "engine's CPU", 'RSS'],
    rows: sorted.map(toRow),
  };
}

function toRow({ contender, first, clients, rounds }: Cell): readonly string[] {
  const middle = (figure: (round: Round) => number) => median(rounds.map(figure));
  const place = [contender.name, first.toLocaleString('en'), String(clients)];
  const isEngine = contender.running === null;
  return [
    ...place,
    digits(middle(({ perSecond }) => perSecond)) + failures(rounds),
    milliseconds(middle(({ p50 }) => p50)),
    milliseconds(middle(({ p99 }) => p99)),
    isEngine ? '–' : milliseconds(middle(({ cpu }) => cpu)),
    milliseconds(middle(({ engineCpu }) => engineCpu)),
    isEngine ? '–' : `${middle(({ rss }) => rss).toFixed(0)} MiB`,
  ];
}

/** How many requests had no answer in time, or one with errors. */
function failures(rounds: readonly Round[]): string {
  const failed = rounds.reduce((sum, round) => sum + round.failed, 0);
  const all = rounds.reduce((sum, { latencies }) => sum + latencies.length, failed);
  return failed === 0 ? '' : ` (${failed} of ${all} failed)`;
}

function milliseconds(value: number): string {
  if (!Number.isFinite(value)) return '–';
  return value >= 1_000 ? `${digits(value / 1_000)} s` : `${digits(value)} ms`;
}
