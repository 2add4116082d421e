import { readFileSync } from 'node:fs';
import http from 'node:http';
import type { AddressInfo } from 'node:net';
import { buildSchema, type DocumentNode, type ExecutionArgs } from 'graphql';
import { type CompiledQuery, compileQuery, isCompiledQuery } from 'graphql-jit';
import { createYoga, type Plugin } from 'graphql-yoga';
import { createImageEventLog } from '../src/image-index/image-event-log.ts';
import type * as ContextModule from '../src/context.ts';
import type * as RegistriesModule from '../src/registry/registries.ts';
import type * as Gateway from '../src/gateway.ts';
import type * as ImageView from '../src/image-index/image-view.ts';
import type * as AnswerSizeModule from '../src/limits/answer-size.ts';
import type * as LimitsModule from '../src/limits/limits.ts';
import type * as Schema from '../src/schema/index.ts';
import { createFixedIndex, manyImages } from '../test/support/fixed-index.ts';

/**
 * Servers that give the same answer in different ways, all in one process, so that they share its moods.
 * The parent asks one after the other, and asks how much CPU time this process has used.
 */
const built = async (file: string): Promise<unknown> =>
  import(new URL(`../dist/${file}`, import.meta.url).href);
const { createGateway } = (await built('gateway.js')) as typeof Gateway;
const { createContext } = (await built('context.js')) as typeof ContextModule;
const { NO_REGISTRIES } = (await built('registry/registries.js')) as typeof RegistriesModule;
const { createImageView } = (await built('image-index/image-view.js')) as typeof ImageView;
const { createAnswerSizes } = (await built('limits/answer-size.js')) as typeof AnswerSizeModule;
const { DEFAULT_LIMITS } = (await built('limits/limits.js')) as typeof LimitsModule;
const { schema } = (await built('schema/index.js')) as typeof Schema;

const QUERY = readFileSync(new URL('queries/page.graphql', import.meta.url), 'utf8');
const indexes = new Map([['e', createFixedIndex('e', manyImages(1_000), createImageView)]]);
const quiet = { debug: () => {}, info: () => {}, warn: () => {}, error: () => {} };
const onHiddenError = (error: unknown): void => {
  throw error;
};

/** Our schema and context in a Yoga with nothing else. */
function interpreted(plugins: Plugin[] = []): http.RequestListener {
  const yoga = createYoga({
    schema,
    context: ({ request }) =>
      createContext(
        {
          indexes,
          events: createImageEventLog(),
          registries: NO_REGISTRIES,
          limits: DEFAULT_LIMITS,
          createSize: createAnswerSizes(DEFAULT_LIMITS),
        },
        request.signal,
      ),
    plugins,
    logging: quiet,
    graphiql: false,
  });
  return (request, response) => void yoga(request, response);
}

function useJit(): Plugin {
  const compiled = new WeakMap<DocumentNode, CompiledQuery>();
  return {
    onExecute({ setExecuteFn }) {
      setExecuteFn((args: ExecutionArgs) => {
        const known = compiled.get(args.document) ?? compileQuery(schema, args.document);
        if (!isCompiledQuery(known)) throw new Error('not compiled');
        compiled.set(args.document, known);
        return known.query(args.rootValue, args.contextValue, args.variableValues ?? {});
      });
    },
  };
}

const gateway = createGateway({ indexes, onHiddenError });
const caching = createGateway({ indexes, onHiddenError, responseCacheBytes: 32_000_000 });

const sdl = readFileSync(new URL('../schema.graphql', import.meta.url), 'utf8');
const pages = new Map<number, { images: unknown }>();
for (const first of [20, 1_000]) {
  const response = await gateway.fetch('http://localhost/graphql', {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ query: QUERY, variables: { first } }),
  });
  pages.set(first, ((await response.json()) as { data: { images: unknown } }).data);
}

/** A Yoga over objects that are the answer already. */
const bareYoga = createYoga({
  schema: buildSchema(sdl),
  context: {},
  logging: quiet,
  graphiql: false,
  plugins: [
    {
      onExecute({ args }) {
        args.rootValue = pages.get(args.variableValues?.['first'] as number);
      },
    } satisfies Plugin,
  ],
});

/** What it costs to send objects at all. */
const bareHttp: http.RequestListener = (request, response) => {
  const chunks: Buffer[] = [];
  request.on('data', (chunk: Buffer) => chunks.push(chunk));
  request.on('end', () => {
    const { variables } = JSON.parse(Buffer.concat(chunks).toString()) as {
      variables: { first: number };
    };
    const body = JSON.stringify({ data: pages.get(variables.first) });
    response.writeHead(200, {
      'content-type': 'application/json; charset=utf-8',
      'content-length': Buffer.byteLength(body),
    });
    response.end(body);
  });
};

const servers: Readonly<Record<string, http.RequestListener>> = {
  bareHttp,
  bareYoga: (request, response) => void bareYoga(request, response),
  interpreted: interpreted(),
  jit: interpreted([useJit()]),
  gateway: (request, response) => void gateway(request, response),
  caching: (request, response) => void caching(request, response),
};

const ports: Record<string, number> = {};
for (const [name, listener] of Object.entries(servers)) {
  const server = http.createServer(listener);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  ports[name] = (server.address() as AddressInfo).port;
}
process.on('message', () => process.send?.(process.cpuUsage()));
process.send?.(ports);
