import { afterAll, beforeAll, expect, it, vi } from 'vitest';
import type { HttpEngine } from '../support/http-engine.ts';
import { containerdStore, startStandInEngine } from '../support/stand-in-engine.ts';
import { type Program, start } from './program.ts';

const COUNT = '{ images { totalCount } }';
let engine: HttpEngine;
let program: Program;
beforeAll(async () => {
  engine = await startStandInEngine(containerdStore(1_000));
  program = await start({
    args: ['--engine', `e=unix://${engine.socketPath}`, '--response-cache', '0'],
    // What packaging/ gives it.
    env: { NODE_OPTIONS: '--max-old-space-size=512' },
  });
  await vi.waitUntil(async () => (await program.ask(COUNT)).data?.images?.totalCount === 1_000);
});
afterAll(async () => {
  await program.stop();
  await engine.close();
});

const fields = Array.from({ length: 20 }, (_, at) => `a${at}: id`).join(' ');
const nested = (first: number) =>
  `images(first: ${first}) { nodes { engine { images(first: 1000) { nodes { ${fields} } } } } }`;
const executors = [
  ['by column', ''],
  ['by the interpreter', '__schema { queryType { name } }'],
] as const;

it.each(executors)(
  'six answers at once as large as may be, %s, leave memory for others',
  async (_, also) => {
    const answers = await Promise.all(
      Array.from({ length: 6 }, () => program.ask(`{ ${also} ${nested(5)} }`)),
    );
    const codes = answers.map(({ errors }) => errors?.[0]?.extensions.code ?? 'OK');
    expect(codes).toContain('OK');
    expect(new Set([...codes, 'OK', 'OVERLOADED'])).toEqual(new Set(['OK', 'OVERLOADED']));
    expect(await program.ask('{ __typename }')).toEqual({ data: { __typename: 'Query' } });
    expect(program.child.exitCode).toBeNull();
  },
);

it.each(executors)('six that would be twenty times as large, %s, are refused', async (_, also) => {
  const answers = await Promise.all(
    Array.from({ length: 6 }, () => program.ask(`{ ${also} ${nested(100)} }`)),
  );
  for (const { errors } of answers)
    expect(errors).toMatchObject([{ extensions: { code: 'QUERY_TOO_COMPLEX' } }]);
  expect(program.child.exitCode).toBeNull();
});

it.each(executors)('others are answered while one is made, %s', async (_, also) => {
  const large = program.ask(`{ ${also} ${nested(5)} }`).then(() => 'made');
  let meanwhile = -1;
  let next: Promise<string>;
  do {
    meanwhile++;
    next = fetch(new URL('/healthz', program.url)).then(() => 'alive');
  } while ((await Promise.race([large, next])) === 'alive');
  await next;
  expect(meanwhile).toBeGreaterThan(2);
});
