import { createYoga, type Plugin } from 'graphql-yoga';
import { describe, expect, it } from 'vitest';
import { type Context, createContext } from '../../src/context.ts';
import { NO_REGISTRIES } from '../../src/registry/registries.ts';
import { EngineError } from '../../src/engine/engine-error.ts';
import { useColumnExecution } from '../../src/plugins/use-column-execution.ts';
import { createImageEventLog } from '../../src/image-index/image-event-log.ts';
import { usePublicErrors } from '../../src/plugins/use-public-errors.ts';
import { createAnswerSizes } from '../../src/limits/answer-size.ts';
import { DEFAULT_LIMITS } from '../../src/limits/limits.ts';
import { schema } from '../../src/schema/index.ts';
import { createIndexGateway } from '../support/gateway.ts';
import { createFixedIndex, type FixedIndex, manyImages } from '../support/fixed-index.ts';

/** What a client gets, and what goes to the log, with these plugins only. */
async function answer(indexes: readonly FixedIndex[], plugins: Plugin<Context>[], query: string) {
  const hidden: unknown[] = [];
  const yoga = createYoga<object, Context>({
    schema,
    context: ({ request }) =>
      createContext(
        {
          indexes: new Map(indexes.map((index) => [index.engine.name, index])),
          events: createImageEventLog(),
          registries: NO_REGISTRIES,
          limits: DEFAULT_LIMITS,
          createSize: createAnswerSizes(DEFAULT_LIMITS),
        },
        request.signal,
      ),
    plugins: [
      usePublicErrors((error) => void hidden.push(error), DEFAULT_LIMITS.errors),
      ...plugins,
    ],
    maskedErrors: false,
    logging: false,
  });
  const response = await yoga.fetch('http://localhost/graphql', {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ query }),
  });
  return { status: response.status, body: await response.json(), hidden: hidden.map(String) };
}

const whole = () => createFixedIndex('whole', manyImages(20));
const dead = () => createFixedIndex('dead', { status: 'UNAVAILABLE' });
/** Its containers cannot be had, its images can. */
function broken(): FixedIndex {
  const index = createFixedIndex('broken', manyImages(20));
  const { read } = index;
  index.read = (signal) => ({
    ...read(signal),
    containers: () => Promise.reject(new EngineError('ENGINE_TIMEOUT', 'broken', 'after 3 s')),
  });
  return index;
}
/** A bug of ours in the middle of a page. */
function faulty(): FixedIndex {
  const index = createFixedIndex('faulty', manyImages(20));
  index.content.images = index.content.images.map((row, at) =>
    at === 10 ? { ...row, labels: null as never } : row,
  );
  return index;
}

const LIST =
  'images(first: 1000) { totalCount nodes { id labels { key } containers usedBy { totalCount } } unavailableEngines { name } }';

describe('errors, their places, their codes and what is null for them are the same as without', () => {
  it.each<[string, () => FixedIndex[], string]>([
    ['an engine is missing', () => [whole(), dead()], `{ ${LIST} }`],
    ['an engine is missing twice', () => [dead(), whole()], `{ a: ${LIST} b: ${LIST} }`],
    ['all engines are missing', () => [dead()], `{ ${LIST} engines { name status } }`],
    ['containers cannot be had', () => [broken(), whole()], `{ ${LIST} }`],
    ['a resolver has a bug', () => [faulty()], `{ ${LIST} engines { name } }`],
    [
      'an argument is refused',
      () => [whole()],
      '{ a: images(first: 0) { totalCount } b: images { totalCount } }',
    ],
    [
      'an ID is ambiguous',
      () => [whole()],
      '{ image(reference: "sha256:0000") { id } engines { name } }',
    ],
    [
      'one id of several is bad',
      () => [whole()],
      `{ nodes(ids: ["x", "${Buffer.from('Engine:whole:').toString('base64url')}"]) { id } }`,
    ],
    ['an engine is unknown', () => [whole()], '{ images(engines: ["no"]) { totalCount } }'],
    [
      'there are too many rows',
      () => [createFixedIndex('whole', manyImages(1_000))],
      `{ ${Array.from({ length: 101 }, (_, at) => `a${at}: images(first: 1000) { totalCount }`).join(' ')} }`,
    ],
    ['the query does not parse', () => [whole()], '{ images('],
    ['the query is not valid', () => [whole()], '{ no }'],
    [
      'the operation is not there',
      () => [whole()],
      'query A { engines { name } } query B { engines { name } }',
    ],
    [
      'the schema is asked for',
      () => [whole()],
      '{ __schema { types { name } } __type(name: "Engine") { fields { name } } engines { __typename } }',
    ],
  ])('when %s', async (_, indexes, query) => {
    const expected = await answer(indexes(), [], query);
    expect(await answer(indexes(), [useColumnExecution()], query)).toEqual(expected);
  });
});

it('an answer that is whole up to the last row is counted once', async () => {
  const index = createFixedIndex('whole', manyImages(1_000));
  // 100,000 rows exactly; the error at the end has all of it executed once more.
  const query = `{ ${Array.from({ length: 100 }, (_, at) => `a${at}: images(first: 1000, all: true) { totalCount }`).join(' ')} b: images(first: 0) { totalCount } }`;
  const { body } = await answer([index], [useColumnExecution()], query);
  const { errors } = body as { errors: { extensions: { code: string } }[] };
  expect(errors.map(({ extensions }) => extensions.code)).toEqual(['PAGE_SIZE_OUT_OF_RANGE']);
});

it('a client that leaves is not answered by the interpreter instead', async () => {
  const index = whole();
  const { read } = index;
  let reads = 0;
  index.read = (signal) => ({
    ...read(signal),
    images() {
      reads++;
      return new Promise((_, reject) =>
        signal.addEventListener('abort', () => reject(signal.reason as Error)),
      );
    },
  });
  const gateway = createIndexGateway([index]);
  const controller = new AbortController();
  const response = gateway.fetch('http://localhost/graphql', {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ query: '{ images { totalCount } engines { name } }' }),
    signal: controller.signal,
  });
  setTimeout(() => controller.abort(), 50);
  await Promise.resolve(response).catch(() => {});
  expect(reads).toBe(1);
});
