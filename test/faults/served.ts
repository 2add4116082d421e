import type { Duplex } from 'node:stream';
import { createGateway } from '../../src/gateway.ts';
import type { Engine } from '../../src/engine/engine.ts';
import { createLiveIndex } from '../../src/image-index/live/live-index.ts';
import { createReadThroughIndex } from '../../src/image-index/read-through-index.ts';
import { createRegistries } from '../../src/registry/registries.ts';
import { listen } from '../../src/server/http-server.ts';
import type { Answer } from '../support/gateway.ts';
import { connectTo } from '../support/gateway.ts';

/** An answer, and how long it took in milliseconds. */
export type Timed = Answer & { readonly ms: number };

/** A gateway with its HTTP server. */
export interface Served {
  readonly port: number;
  ask(query: string, variables?: object): Promise<Timed>;
  /** Asks again and again until there is no error. @returns how long that took, in milliseconds */
  recovered(query: string): Promise<number>;
  close(): Promise<void>;
}

/** Serves engines by name, each over a dialer. */
export async function serve(
  dialers: Readonly<Record<string, () => Duplex>>,
  index: 'live' | 'off' = 'off',
): Promise<Served> {
  const engines = Object.entries(dialers).map(([name, dial]) => connectTo(name, dial));
  const create = (engine: Engine) =>
    index === 'off' ? createReadThroughIndex(engine) : createLiveIndex({ engine });
  const indexes = new Map(engines.map((engine) => [engine.name, create(engine)]));
  const gateway = createGateway({
    indexes,
    registries: createRegistries({
      allowed: ['docker.io'],
      credentials: { find: () => Promise.resolve(null) },
    }),
    onHiddenError: () => {},
  });
  const server = await listen({
    address: { host: '127.0.0.1', port: 0 },
    graphiql: false,
    graphql: (request, response) => void gateway(request, response),
  });
  await Promise.all(engines.map((engine) => engine.facts()));
  const served: Served = {
    port: Number(new URL(server.url).port),
    async ask(query, variables = {}) {
      const startedAt = performance.now();
      const response = await fetch(server.url, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify({ query, variables }),
      });
      const answer = (await response.json()) as Omit<Answer, 'status'>;
      return { status: response.status, ms: performance.now() - startedAt, ...answer };
    },
    async recovered(query) {
      const startedAt = performance.now();
      while (performance.now() - startedAt < 20_000) {
        if ((await served.ask(query)).errors === undefined) break;
        await new Promise((resolve) => setTimeout(resolve, 20));
      }
      return performance.now() - startedAt;
    },
    async close() {
      for (const one of indexes.values()) one.close();
      for (const engine of engines) engine.close();
      await server.close();
    },
  };
  return served;
}

/** The code and engine of each error of an answer. */
export function codesOf({ errors = [] }: Pick<Answer, 'errors'>): string[] {
  return errors.map(
    ({ extensions }) => `${String(extensions['code'])} ${String(extensions['engine'])}`,
  );
}
