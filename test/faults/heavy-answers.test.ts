import { afterEach, expect, it } from 'vitest';
import { start } from '../main/program.ts';
import { idOf } from '../support/stand-in-engine.ts';
import { EVERYTHING, type Fault, INSPECTS, LISTS, startFaultEngine } from './fault-engine.ts';

const IMAGES = 60;
const PAGE = '{ images(first: 50) { totalCount } }';
const all = (fields: string) => `{ images(first: ${IMAGES}) { nodes { ${fields} } } }`;

const open: (() => unknown)[] = [];
afterEach(async () => {
  for (const close of open.splice(0).toReversed()) await close();
});

/** A list whose rows are made while it is sent: nobody has to hold it. */
function rows(count: number, row: (at: number) => string): Fault {
  return (_, response) => {
    response.writeHead(200, { 'content-type': 'application/json' });
    let sent = 0;
    const more = (): void => {
      while (sent < count && !response.destroyed) {
        if (!response.write(`${sent === 0 ? '[' : ','}${row(sent++)}`)) return;
      }
      response.end(']');
    };
    response.on('drain', more);
    more();
  };
}
const whole = (text: string, status = 200): Fault => {
  const bytes = Buffer.from(text);
  return (_, response) => void response.writeHead(status).end(bytes);
};
const many = (count: number, item: (at: number) => string) =>
  Array.from({ length: count }, (_, at) => item(at)).join();

const LONG = 'x'.repeat(3_900_000);
const EMPTY = `{"z":[${many(4_000_000, () => '{}')}]}`;
const LABELS = many(150_000, (at) => `"label${at}":"${at}"`);
const STEPS = `[${many(100_000, () => '{"Id":"<missing>","Created":1,"CreatedBy":"x"}')}]`;
const LAYERS = JSON.stringify({ RootFS: { Layers: [LONG.slice(0, 3_000_000)] } }).slice(1);

/** What answers to an inspect or a history of an image, by its path. */
const detail =
  (inspect: string, history = '[]'): Fault =>
  (request, response) => {
    const [, id = ''] = /\/images\/([^/]+)/.exec(request.url ?? '') ?? [];
    const isHistory = request.url?.endsWith('/history') === true;
    response.end(isHistory ? history : `{"Id":"${id}",${inspect}`);
  };

it.each<[string, Fault, RegExp, string, string | undefined]>([
  [
    'rows of 4 MB',
    rows(100, (at) => `{"Id":"${idOf(at + 1)}","Labels":{"a":"${LONG}"}}`),
    LISTS,
    PAGE,
    'RESPONSE_TOO_LARGE',
  ],
  [
    'rows of 150,000 labels',
    rows(100, (at) => `{"Id":"${idOf(at + 1)}","Labels":{${LABELS}}}`),
    LISTS,
    PAGE,
    'RESPONSE_TOO_LARGE',
  ],
  ['an engine of four million objects', whole(EMPTY), EVERYTHING, PAGE, 'RESPONSE_TOO_LARGE'],
  ['images of four million objects', whole(EMPTY), INSPECTS, all('author'), 'RESPONSE_TOO_LARGE'],
  [
    'refusals of 16 MB',
    whole('x'.repeat(16_000_000), 500),
    INSPECTS,
    all('author'),
    'ENGINE_ERROR',
  ],
  [
    'histories of 100,000 steps',
    detail('"Os":"linux"}', STEPS),
    INSPECTS,
    all('history { size }'),
    'RESPONSE_TOO_LARGE',
  ],
  ['layers that are no digests', detail(LAYERS), INSPECTS, all('layers { diffId }'), undefined],
])(
  '%s cost themselves only',
  async (_, fault, calls, query, code) => {
    const engine = await startFaultEngine(IMAGES);
    open.push(engine.stop);
    engine.fail(fault, calls);
    const env = { NODE_OPTIONS: '--max-old-space-size=256' };
    const program = await start({ env, args: ['--engine', `e=${engine.url}`] });
    open.push(program.stop);
    const { errors = [] } = await program.ask(query);
    expect(errors[0]?.extensions.code).toBe(code);
    expect([program.child.exitCode, program.child.signalCode]).toEqual([null, null]);
    engine.fail(null);
    await expect
      .poll(async () => (await program.ask(PAGE)).data.images?.totalCount, { timeout: 20_000 })
      .toBe(IMAGES);
  },
  60_000,
);
