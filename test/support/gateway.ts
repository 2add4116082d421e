import type { Duplex } from 'node:stream';
import { createDockerEngine } from '../../src/engine/docker-engine.ts';
import type { Engine } from '../../src/engine/engine.ts';
import { createTransport } from '../../src/engine/transport.ts';
import { createGateway, type GatewayOptions } from '../../src/gateway.ts';
import type { ImageEventLog } from '../../src/image-index/image-event-log.ts';
import type { ImageIndex, IndexMode } from '../../src/image-index/image-index.ts';
import { createReadThroughIndex } from '../../src/image-index/read-through-index.ts';
import { DEFAULT_LIMITS, type Limits } from '../../src/limits/limits.ts';
import { readEvents } from './event-stream.ts';

export interface Answer {
  readonly status: number;
  // Whatever a query selects; tests compare it whole.
  readonly data: any;
  readonly errors?: readonly {
    readonly message: string;
    readonly path?: readonly (string | number)[];
    readonly extensions: Readonly<Record<string, unknown>>;
  }[];
}

export interface TestGateway {
  ask(query: string, variables?: object, accept?: string): Promise<Answer>;
  /** What a subscription gives; ends with it. */
  subscribe(query: string, variables?: object): AsyncGenerator<Omit<Answer, 'status'>>;
  /** The handler itself, for what ask does not show. */
  readonly fetch: ReturnType<typeof createGateway>['fetch'];
  readonly hidden: unknown[];
  close(): void;
}

/** Documents of any size, for tests of what is bounded beyond them. */
export const ANY_DOCUMENT: Limits = {
  ...DEFAULT_LIMITS,
  tokens: 10_000,
  depth: 100,
  aliases: 1_000,
  fields: 10_000,
  rootFields: 1_000,
};

/** A connection to an engine by a dialer, as start-engine.ts makes them. */
export function connectTo(name: string, dial: () => Duplex): Engine {
  return createDockerEngine({ name, transport: createTransport(name, 'docker', dial) });
}

/** An index that reads the engine each time and says that it follows it: whoever has the log tells events. */
export function createIndex(engine: Engine, mode: IndexMode = 'LIVE'): ImageIndex {
  const index = createReadThroughIndex(engine);
  return { ...index, state: () => ({ ...index.state(), mode }) };
}

/** The gateway without its HTTP server, over engines by name. */
export function createTestGateway(
  engines: readonly Engine[],
  {
    events,
    mode = 'OFF',
    limits = DEFAULT_LIMITS,
    index = (engine) => createIndex(engine, mode),
  }: {
    events?: ImageEventLog;
    mode?: IndexMode;
    limits?: Limits;
    index?: (engine: Engine) => ImageIndex;
  } = {},
): TestGateway {
  return createIndexGateway(
    engines.map((engine) => index(engine)),
    events === undefined ? { limits } : { events, limits },
  );
}

/** The gateway without its HTTP server, over indexes of any kind. */
export function createIndexGateway(
  indexes: readonly ImageIndex[],
  options: Partial<GatewayOptions> = {},
): TestGateway {
  const hidden: unknown[] = [];
  const gateway = createGateway({
    indexes: new Map(indexes.map((index) => [index.engine.name, index])),
    onHiddenError: (error) => void hidden.push(error),
    ...options,
  });
  const post = (query: string, variables: object, accept: string) =>
    gateway.fetch('http://localhost/graphql', {
      method: 'POST',
      headers: { 'content-type': 'application/json', accept },
      body: JSON.stringify({ query, variables }),
    });
  return {
    hidden,
    async *subscribe(query, variables = {}) {
      yield* readEvents(await post(query, variables, 'text/event-stream'));
    },
    fetch: gateway.fetch,
    async ask(query, variables = {}, accept = 'application/json') {
      const response = await post(query, variables, accept);
      return { status: response.status, ...((await response.json()) as Omit<Answer, 'status'>) };
    },
    close: () => indexes.forEach((index) => index.close()),
  };
}
