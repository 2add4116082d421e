import { type Contender, type Contenders, everyone } from './contenders.ts';
import { load, type Load } from './load.ts';
import { cpuOf } from './proc.ts';

export const ROUNDS = 3;
export const CLIENTS = [1, 16, 64] as const;
export const PAGES = [1_000, 20] as const;
const QUICK = { ms: 1_500, patienceMs: 60_000 };
/** What takes seconds is asked once by each client; who has to wait longer goes without an answer. */
export const SLOW_PATIENCE_MS = 30_000;

/** One contender under one pressure, round by round. */
export interface Cell {
  readonly contender: Contender;
  readonly first: number;
  readonly clients: number;
  readonly rounds: readonly Round[];
}

/** One measurement of a cell. */
export interface Round extends Load {
  /** Milliseconds of processor time for each answer: the contender's own, and the engine's. */
  readonly cpu: number;
  readonly engineCpu: number;
  /** What it holds afterwards, in MiB. */
  readonly rss: number;
}

/**
 * Everyone by itself, and what is quick also under crowds. Who is compared takes turns, because machines
 * have moods.
 */
export async function runInTurns(contenders: Contenders): Promise<readonly Cell[]> {
  const cells: Cell[] = [];
  for (const first of PAGES) {
    for (const clients of CLIENTS) {
      const isEasy = first === PAGES[0] && clients === 1;
      const takers = everyone(contenders).filter(({ isSlow }) => !isSlow || isEasy);
      const rounds = takers.map((): Round[] => []);
      for (let round = 0; round < ROUNDS; round++) {
        for (const [at, contender] of takers.entries()) {
          rounds[at]?.push(await measure(contender, contenders.engine, first, clients));
        }
      }
      cells.push(...takers.map((contender, at) => cellOf(contender, first, clients, rounds[at])));
      process.stderr.write(`bench: pages of ${first} for ${clients} clients\n`);
    }
  }
  return cells;
}

/**
 * What is slow under crowds, once. Last of all: so many lists leave an engine so busy that whoever follows it
 * takes it for lost.
 */
export async function runCrowds(contenders: Contenders): Promise<readonly Cell[]> {
  const cells: Cell[] = [];
  const slow = everyone(contenders).filter(({ isSlow }) => isSlow);
  for (const clients of CLIENTS.slice(1)) {
    for (const contender of slow) {
      const round = await measure(contender, contenders.engine, PAGES[0], clients);
      cells.push(cellOf(contender, PAGES[0], clients, [round]));
    }
  }
  return cells;
}

function cellOf(
  contender: Contender,
  first: number,
  clients: number,
  rounds: readonly Round[] = [],
): Cell {
  return { contender, first, clients, rounds };
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
