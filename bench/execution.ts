import assert from 'node:assert/strict';
import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import http from 'node:http';
import { fileURLToPath } from 'node:url';
import { median } from './statistics.ts';

/** Without its filter, which is not used here: graphql-jit does not end at an input type within itself. */
const QUERY = readFileSync(new URL('queries/page.graphql', import.meta.url), 'utf8').replaceAll(
  /, (\$filter: ImageFilter|filter: \$filter)/g,
  '',
);
const ROUNDS = 7;
/** Requests of a round: enough of the small page that the clock of CPU time is fine enough. */
const REQUESTS = new Map([
  [20, 200],
  [1_000, 15],
]);

/** One line of the table. */
export interface Row {
  readonly what: string;
  readonly figure: string;
}

/** CPU milliseconds of one answer, by server, for each round. */
type Costs = ReadonlyMap<string, readonly number[]>;

/**
 * What it costs to answer a page with every field of the list from memory: CPU time of the server's process,
 * which says how many answers a second it can give, and which other processes disturb less than a clock on
 * the wall.
 */
export async function benchExecution(): Promise<Row[]> {
  const child = fork(fileURLToPath(new URL('execution-servers.ts', import.meta.url)));
  const [ports] = (await once(child, 'message')) as [Readonly<Record<string, number>>];
  try {
    const small = await measure(child, ports, 20);
    const large = await measure(child, ports, 1_000);
    return [...rows('page of 20', small), ...rows('page of 1,000', large)];
  } finally {
    child.kill();
  }
}

function rows(page: string, costs: Costs): Row[] {
  const ratio = (server: string, to: string): string => {
    const ours = costs.get(server) ?? [];
    const theirs = costs.get(to) ?? [];
    return median(theirs.map((cost, round) => cost / (ours[round] ?? Number.NaN))).toFixed(2);
  };
  const cost = (server: string): string => `${median(costs.get(server) ?? []).toFixed(2)} ms`;
  return [
    { what: `${page}: the gateway, response cache off`, figure: cost('gateway') },
    { what: `${page}: the gateway, from the response cache`, figure: cost('caching') },
    {
      what: `${page}: throughput against Yoga's own executor`,
      figure: ratio('gateway', 'interpreted'),
    },
    {
      what: `${page}: of graphql-jit against Yoga's own executor`,
      figure: ratio('jit', 'interpreted'),
    },
    {
      what: `${page}: against a bare Yoga over the same objects`,
      figure: ratio('gateway', 'bareYoga'),
    },
    { what: `${page}: against node:http and JSON.stringify`, figure: ratio('gateway', 'bareHttp') },
    { what: `${page}: the same from the response cache`, figure: ratio('caching', 'bareHttp') },
  ];
}

async function measure(
  child: ChildProcess,
  ports: Readonly<Record<string, number>>,
  first: number,
): Promise<Costs> {
  const costs = new Map<string, number[]>(Object.keys(ports).map((server) => [server, []]));
  const agent = new http.Agent({ keepAlive: true, maxSockets: 1 });
  let expected: unknown;
  for (let round = -1; round < ROUNDS; round++) {
    for (const [server, port] of Object.entries(ports)) {
      const requests = REQUESTS.get(first) ?? 1;
      const before = await cpuMilliseconds(child);
      for (let at = 0; at < requests; at++) {
        const answer = await ask(agent, port, first);
        if (round < 0 && at === 0)
          assert.deepEqual(JSON.parse(answer), (expected ??= JSON.parse(answer)), server);
      }
      const cost = ((await cpuMilliseconds(child)) - before) / requests;
      // The first round is for the compiler.
      if (round >= 0) costs.get(server)?.push(cost);
    }
  }
  agent.destroy();
  return costs;
}

async function cpuMilliseconds(child: ChildProcess): Promise<number> {
  child.send('cpu');
  const [{ user, system }] = (await once(child, 'message')) as [NodeJS.CpuUsage];
  return (user + system) / 1_000;
}

async function ask(agent: http.Agent, port: number, first: number): Promise<string> {
  const request = http.request({
    agent,
    port,
    host: '127.0.0.1',
    path: '/graphql',
    method: 'POST',
    headers: { 'content-type': 'application/json', accept: 'application/json' },
  });
  request.end(JSON.stringify({ query: QUERY, variables: { first } }));
  const [response] = (await once(request, 'response')) as [http.IncomingMessage];
  const chunks: Buffer[] = [];
  for await (const chunk of response) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks).toString();
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  for (const { what, figure } of await benchExecution()) {
    process.stdout.write(`${figure.padStart(9)}  ${what}\n`);
  }
}
