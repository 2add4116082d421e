import { type Contenders, startContenders, stopContenders } from './contenders.ts';
import { load } from './load.ts';
import { meanwhile } from './meanwhile.ts';
import { atLeast, type Bar, type Table, unmeasured } from './report.ts';
import { type Cell, CLIENTS, PAGES, roundsOf, runCrowds, runInTurns } from './side-by-side.ts';
import { sideBySideTable } from './side-by-side-table.ts';
import { median, medianRatio } from './statistics.ts';
import { tag, untag } from './engine.ts';

const CHANGING_MS = 10_000;
const [THOUSAND, TWENTY] = PAGES;

/** The promises on a gateway that is warm; everyone side by side becomes one more of the tables. */
export async function benchWarm(
  engine: string,
  folder: string,
  tables: Table[],
): Promise<readonly Bar[]> {
  const contenders = await startContenders(engine, folder);
  try {
    const cells = await runInTurns(contenders);
    const changing = await whileTagsChange(engine, contenders, cells);
    tables.push(sideBySideTable(contenders, [...cells, ...(await runCrowds(contenders))]));
    return [...barsOf(contenders, cells), changing, ...throughputBars(contenders, cells)];
  } finally {
    await stopContenders(contenders);
  }
}

function barsOf(contenders: Contenders, cells: readonly Cell[]): readonly Bar[] {
  const { engine, peer, cached, uncached } = contenders;
  const p50 = (contender: Contenders['engine']) =>
    roundsOf(cells, contender, THOUSAND, 1).map((round) => round.p50);
  const faster = (slow: Contenders['engine'], quick: Contenders['engine']) =>
    medianRatio(p50(slow), p50(quick));
  const again = 'page of 1,000, all list fields, warm, same query again, faster than';
  return [
    atLeast(`${again} the engine's own list`, 200, [faster(engine, cached)]),
    peer === null
      ? unmeasured(`${again} the peer`, '≥ 200 ×', 'no API file')
      : atLeast(`${again} the peer`, 200, [faster(peer, cached)]),
    atLeast(
      `the same, response cache off: than the engine's own list${peer ? ', the peer' : ''}`,
      25,
      [engine, ...(peer ? [peer] : [])].map((slow) => faster(slow, uncached)),
    ),
  ];
}

/** Asks for the page over and over while, beside it, one image gets or loses a name each second. */
async function whileTagsChange(
  engine: string,
  contenders: Contenders,
  cells: readonly Cell[],
): Promise<Bar> {
  const asking = load(contenders.uncached.target(THOUSAND), { clients: 1, ms: CHANGING_MS });
  let name = '';
  const { p50 } = await meanwhile(asking, 1_000, async (number) => {
    if (number % 2 === 0) name = await tag(engine, number);
    else await untag(engine, name);
  });
  const list = median(roundsOf(cells, contenders.engine, THOUSAND, 1).map((round) => round.p50));
  const what =
    "the same, cache off, while one tag changes every second, p50, than the engine's list";
  return atLeast(what, 25, [list / p50]);
}

function throughputBars(contenders: Contenders, cells: readonly Cell[]): readonly Bar[] {
  const { uncached, http, yoga } = contenders;
  const against = (bare: Contenders['engine'], first: number) =>
    CLIENTS.map((clients) => {
      const [ours, theirs] = [uncached, bare].map((one) =>
        roundsOf(cells, one, first, clients).map(({ perSecond }) => perSecond),
      );
      return medianRatio(ours ?? [], theirs ?? []);
    });
  const clients = `(${CLIENTS.join(', ')} clients)`;
  return [
    atLeast(
      `page of 1,000, cache off: throughput against a bare node:http stringify of the same objects ${clients}`,
      0.5,
      against(http, THOUSAND),
    ),
    atLeast(
      `page of 20, cache off: throughput against a bare Yoga over memory ${clients}`,
      0.9,
      against(yoga, TWENTY),
    ),
  ];
}
