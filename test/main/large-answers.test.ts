import { afterAll, beforeAll, expect, it } from 'vitest';
import type { Program } from './program.ts';
import { nested, startOverThousand } from './thousand-images.ts';

let program: Program;
let close: () => Promise<void>;
beforeAll(async () => ({ program, close } = await startOverThousand(512)));
afterAll(() => close());

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
