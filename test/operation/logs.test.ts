import { once } from 'node:events';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { type Program, spawnProgram, start } from '../main/program.ts';
import { startListEngine } from './list-engine.ts';

/** A program over an engine; both end with close. */
async function begin(engineOptions: Parameters<typeof startListEngine>[0], ...args: string[]) {
  const engine = await startListEngine(engineOptions);
  const engineArgs = ['--engine', `e=unix://${engine.socketPath}`, '--index', 'off'];
  const program = await start({ args: [...engineArgs, ...args] });
  return {
    ...program,
    async close() {
      await program.stop();
      await engine.close();
    },
  };
}
type Begun = Awaited<ReturnType<typeof begin>>;

function ask(url: string, query: string, { id = '', variables = {} } = {}): Promise<Response> {
  return fetch(url, {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...(id === '' ? {} : { 'x-request-id': id }) },
    body: JSON.stringify({ query, variables }),
  });
}

/** Lines of the log with this message, waited for. */
const linesOf = (from: Program, message: string): Promise<any[]> =>
  vi.waitFor(
    () => {
      const lines = from
        .stderr()
        .trimEnd()
        .split('\n')
        .map((line) => JSON.parse(line));
      const found = lines.filter(({ msg }) => msg === message);
      expect(found.length).toBeGreaterThan(0);
      return found;
    },
    { timeout: 10_000 },
  );

const IMAGES = '{ images { totalCount } }';
const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;

describe('a request', () => {
  let program: Begun;
  beforeAll(async () => {
    program = await begin({ status: 500 });
  });
  afterAll(() => program.close());

  it('keeps the id that it came with', async () => {
    const answer = await ask(program.url, IMAGES, { id: 'router-17.a_B' });
    expect(answer.headers.get('x-request-id')).toBe('router-17.a_B');
    const probe = await fetch(new URL('/healthz', program.url), {
      headers: { 'x-request-id': 'p' },
    });
    expect(probe.headers.get('x-request-id')).toBe('p');
  });

  it.each([
    ['none', ''],
    ['one that is too long', 'a'.repeat(65)],
    ['one with other characters', 'a"b'],
    ['two', 'a, b'],
  ])('with %s gets one', async (_, id) => {
    const answer = await ask(program.url, IMAGES, { id });
    expect(answer.headers.get('x-request-id')).toMatch(UUID);
  });

  it('that is refused at the door has one, too', async () => {
    const refused = await fetch(program.url, { method: 'PUT' });
    expect(refused.status).toBe(405);
    expect(refused.headers.get('x-request-id')).toMatch(UUID);
  });

  it('finds its id in errors whose cause is hidden, and their cause under it in the log', async () => {
    const id = 'cause-1';
    const body = await (await ask(program.url, IMAGES, { id })).text();
    expect(JSON.parse(body).errors[0].extensions).toEqual({
      code: 'ENGINE_ERROR',
      engine: 'e',
      retryable: false,
      requestId: id,
    });
    expect(body).not.toContain('engine text');
    const lines = await linesOf(program, 'hidden error');
    const line = lines.find(({ requestId }) => requestId === id);
    expect(line).toMatchObject({ code: 'ENGINE_ERROR', engine: 'e' });
    expect(line.detail).toContain('engine text');
  });

  it('is not named in errors that say all there is', async () => {
    const { errors } = await (await ask(program.url, '{ nothing }')).json();
    expect(errors[0].extensions).toEqual({ code: 'GRAPHQL_VALIDATION_FAILED' });
  });
});

describe('what an engine says in an error', () => {
  it.each([
    ['of a call', 500, 'no such host'],
    ['that ends the agreement', 400, 'client version 1.51 is too new'],
  ])(
    'is logged without what looks like a secret %s, also where secrets are shown',
    async (_, status, said) => {
      const text = `${said}: ghp_abcdEFGH1234ijklMNOP https://bob:canary@host/v2 password=canary`;
      const started = await begin({ status, text }, '--reveal-secrets');
      await ask(started.url, IMAGES);
      const [line] = await linesOf(started, 'hidden error');
      expect(line.detail).toContain(`${said}: [redacted] https://[redacted]@host/v2`);
      await started.close();
      for (const secret of ['ghp_', 'canary']) expect(started.stderr()).not.toContain(secret);
    },
  );
});

describe('a slow operation', () => {
  const NAME = 'Slow'.repeat(30);
  const QUERY = `query ${NAME}($name: ImageReference!) { images { totalCount } image(reference: $name) { id } }`;

  it('is logged, without what was asked', async () => {
    const started = await begin({ listMs: 60 }, '--slow-operation', '50');
    const variables = { name: 'canary:canary' };
    await ask(started.url, QUERY, { id: 'slow-1', variables });
    const [line] = await linesOf(started, 'slow operation');
    expect(line).toEqual({
      level: 40,
      time: expect.any(Number),
      requestId: 'slow-1',
      type: 'query',
      operation: NAME.slice(0, 64),
      code: 'OK',
      milliseconds: expect.any(Number),
      msg: 'slow operation',
    });
    expect(line.milliseconds).toBeGreaterThanOrEqual(50);
    for (const said of ['canary', 'totalCount']) expect(started.stderr()).not.toContain(said);
    await started.close();
  });

  it.each([
    ['a limit that it keeps', '10000'],
    ['none at all', '0'],
  ])('is not with %s', async (_, limit) => {
    const started = await begin({ listMs: 20 }, '--slow-operation', limit);
    await ask(started.url, IMAGES);
    await started.close();
    expect(started.stderr()).not.toContain('slow operation');
  });
});

describe('F39 an error that nobody handles', () => {
  const onSignal = (code: string) => `process.on('SIGUSR2', () => { ${code} })`;
  it.each([
    ['an exception', 'throw new Error("a bug")'],
    ['a rejection', 'void Promise.reject(new Error("a bug"))'],
  ])('%s is logged in one line and ends the process with 1', async (_, code) => {
    const child = spawnProgram({
      args: ['--engine', 'sample', '--port', '0'],
      env: { NODE_OPTIONS: `--import=data:text/javascript,${encodeURIComponent(onSignal(code))}` },
    });
    let stderr = '';
    child.stderr?.on('data', (chunk: Buffer) => (stderr += chunk.toString()));
    child.stdout?.once('data', () => child.kill('SIGUSR2'));
    expect(await once(child, 'close')).toEqual([1, null]);
    const fatal = stderr
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line))
      .filter(({ level }) => level === 60);
    expect(fatal).toHaveLength(1);
    expect(fatal[0]).toMatchObject({
      msg: 'unexpected error; the process ends',
      err: { message: 'a bug' },
    });
  });
});
