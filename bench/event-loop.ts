import { type Gateway, startGateway, UNCACHED } from './gateway.ts';
import { graphql, load } from './load.ts';
import { startEmbedded } from './processes.ts';
import { ask, page } from './query.ts';
import { atMost, type Bar, digits } from './report.ts';

/** Long enough for a lost engine to be found again and listed. */
const SERVE_MS = 8_000;
const RECOVERY_MS = 60_000;

/**
 * For how long a gateway stands still at worst, as it feels it itself: while it lists, while it serves pages
 * of 20 and of 1,000, and while it reads everything again because the engine was restarted.
 */
export async function benchEventLoop(archive: string, socket: string): Promise<Bar> {
  const engine = await startEmbedded(archive, socket);
  const gateway = await startGateway(engine.url, UNCACHED);
  const stalls: number[] = [];
  try {
    // From here on: what a process does before it listens, loading its code, keeps nobody waiting.
    await gateway.stall();
    await serve(gateway);
    stalls.push(await gateway.stall());
    await engine.stop();
    const again = await startEmbedded(archive, socket);
    try {
      await untilAnswered(gateway);
      await serve(gateway);
      stalls.push(await gateway.stall());
    } finally {
      await again.stop();
    }
  } finally {
    await gateway.stop();
    await engine.stop();
  }
  const parts = stalls.map((stall) => `${digits(stall)} ms`).join(', ');
  const what = `event loop stall, maximum, while 10,000 images are listed and served, refreshed and served (${parts})`;
  return atMost(what, 100, ' ms', [Math.max(...stalls)]);
}

async function serve({ url }: Gateway): Promise<void> {
  await Promise.all([
    load(graphql(url, page(20, { orderBy: [{ field: 'CREATED' }] })), { clients: 4, ms: SERVE_MS }),
    load(graphql(url, page(1_000)), { clients: 1, ms: SERVE_MS }),
  ]);
}

async function untilAnswered({ url }: Gateway): Promise<void> {
  const deadline = performance.now() + RECOVERY_MS;
  for (;;) {
    try {
      await ask(url, page(20));
      return;
    } catch (error) {
      if (performance.now() > deadline) throw error;
      await new Promise((resolve) => setTimeout(resolve, 100));
    }
  }
}
