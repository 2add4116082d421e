import { type Contender, type Contenders, everyone } from './contenders.ts';
import { load, type Load } from './load.ts';
import { cpuOf } from './proc.ts';
import { digits, type Table } from './report.ts';
import { median } from './statistics.ts';

const ROUNDS = 3;
export const CLIENTS = [1, 16, 64] as const;
export const PAGES = [1_000, 20] as const;
const QUICK = { ms: 1_500, patienceMs: 60_000 };
/** What takes seconds is asked once by each client; who has to wait longer goes without an answer. */
const SLOW_PATIENCE_MS = 30_000;

/** One contender under one pressure, round by round. */
export interface Cell {
  readonly contender: Contender;
  readonly first: number;
  readonly clients: number;
  readonly rounds: readonly Round[];
}

interface Round extends Load {
  /** Milliseconds of processor time for each answer: the contender's own, and the engine's. */
  readonly cpu: number;
  readonly engineCpu: number;
  /** What it holds afterwards, in MiB. */
  readonly rss: number;
}

/** Everyone under every pressure. Who is compared takes turns, because machines have moods. */
export async function runSideBySide(contenders: Contenders): Promise<readonly Cell[]> {
  const cells: Cell[] = [];
  for (const first of PAGES) {
    for (const clients of CLIENTS) {
      const takers = everyone(contenders).filter(({ isSlow }) => !isSlow || first === PAGES[0]);
      const rounds = new Map(takers.map((contender) => [contender, [] as Round[]]));
      for (let round = 0; round < ROUNDS; round++) {
        for (const contender of takers) {
          // Many lists at once keep an engine busy for long, and once shows it.
          if (contender.isSlow && clients > 1 && round > 0) continue;
          rounds.get(contender)?.push(await measure(contender, contenders.engine, first, clients));
        }
      }
      process.stderr.write(`bench: ${clients} clients, pages of ${first}\n`);
      for (const [contender, measured] of rounds) {
        cells.push({ contender, first, clients, rounds: measured });
      }
    }
  }
  return cells;
}

async function measure(
  contender: Contender,
  engine: Contender,
  first: number,
  clients: number,
): Promise<Round> {
  const patienceMs = clients > 1 ? SLOW_PATIENCE_MS : 120_000;
  const slow = { ms: patienceMs, requests: clients, patienceMs };
  const before = [await cpuOf(contender.pids), await cpuOf(engine.pids)];
  const result = await load(contender.target(first), {
    clients,
    mayFail: true,
    ...(contender.isSlow ? slow : QUICK),
  });
  contender.cut?.();
  const after = [await cpuOf(contender.pids), await cpuOf(engine.pids)];
  const [cpu = 0, engineCpu = 0] = after.map(
    (used, at) => (used - (before[at] as number)) / result.latencies.length,
  );
  const rss = (await contender.running?.memory())?.now ?? Number.NaN;
  return { ...result, cpu, engineCpu, rss };
}

/** The rounds of one contender under one pressure. @throws when it was not measured */
export function roundsOf(
  cells: readonly Cell[],
  contender: Contender,
  first: number,
  clients: number,
): readonly Round[] {
  const cell = cells.find(
    (one) => one.contender === contender && one.first === first && one.clients === clients,
  );
  if (cell === undefined) throw new Error(`${contender.name} was not measured`);
  return cell.rounds;
}

/** All of it. */
export function sideBySideTable(cells: readonly Cell[]): Table {
  return {
    title: `1,000 images on Docker 28.5, side by side. Medians of ${ROUNDS} rounds; processor time for each answer; whoever has to wait ${SLOW_PATIENCE_MS / 1_000} s gives up:`,
    head: ['server', 'page', 'clients', 'answers/s', 'p50', 'p99', 'CPU', "engine's CPU", 'RSS'],
    rows: cells.map(toRow),
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
