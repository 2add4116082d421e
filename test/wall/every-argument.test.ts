import fc from 'fast-check';
import { GraphQLScalarType, parse, type SelectionSetNode } from 'graphql';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Engine } from '../../src/engine/engine.ts';
import { MESSAGES } from '../../src/errors.ts';
import { createRegistries } from '../../src/registry/registries.ts';
import { ENTITIES } from '../../src/schema/entities.ts';
import { createSubgraph } from '../../src/schema/subgraph.ts';
import {
  connectTo,
  createIndex,
  createIndexGateway,
  type TestGateway,
} from '../support/gateway.ts';
import { foreign } from './allowed-requests.ts';
import { BAD_REFERENCES, hostileString, SEED } from './hostile-strings.ts';
import { type Place, placesOf } from './places.ts';
import { type RecordingEngine, startRecordingEngine } from './recording-engine.ts';

/** Random strings in all, or, when IMAGEGRAPH_WALL_STRINGS says how many, in each argument. */
const STRINGS = 100_000;
const AT_ONCE = 500;
/** Arguments of one document, single ones and lists: less than its limits on aliases, tokens and fields. */
const ARGUMENTS = { single: 10, list: 4 };
/** Values in a list: less than any that is refused. */
const LIST = 20;

const places = placesOf(createSubgraph().schema);
const each = Number(process.env['IMAGEGRAPH_WALL_STRINGS'] ?? Math.ceil(STRINGS / places.length));

let wall: RecordingEngine;
let engine: Engine;
let gateway: TestGateway;
beforeAll(async () => {
  wall = await startRecordingEngine();
  engine = connectTo('e', wall.dial);
  await engine.facts();
  gateway = createIndexGateway([createIndex(engine, 'LIVE')], {
    federation: true,
    registries: createRegistries({
      allowed: ['docker.io', 'ghcr.io', 'localhost:5000', '[::1]:5000'],
      credentials: { find: () => Promise.resolve(null) },
    }),
  });
});
afterAll(async () => {
  gateway.close();
  engine.close();
  await wall.close();
});

/** Each key of each entity, with the same text for all of its fields. */
const representations = [...ENTITIES].flatMap(([type, { keys }]) =>
  keys.map((key) => {
    const { selectionSet } = parse(`{ ${key} }`).definitions[0] as {
      selectionSet: SelectionSetNode;
    };
    return (text: string) => ({ __typename: type, ...filled(selectionSet, text) });
  }),
);

/** As ids are made, so that a text gets past what only looks at their form. */
function asId(text: string, at: number): string {
  const type = [
    'Engine',
    'EngineContainer',
    'ImageManifestSummary',
    'ImageRepository',
    'ImageSummary',
  ][at % 5];
  return Buffer.from(`${type}:e:${text}`, 'latin1').toString('base64url');
}

function filled({ selections }: SelectionSetNode, text: string): object {
  return Object.fromEntries(
    selections.map((selection) => {
      const { name, selectionSet } = selection as {
        name: { value: string };
        selectionSet?: SelectionSetNode;
      };
      return [name.value, selectionSet === undefined ? text : filled(selectionSet, text)];
    }),
  );
}

/** One bad value refuses a document before it is executed: only among their like do the others get further. */
function alike({ leaf }: Place, strings: readonly string[]): readonly (readonly string[])[] {
  if (!(leaf instanceof GraphQLScalarType)) return [strings];
  const isTaken = (text: string): boolean => {
    try {
      leaf.parseValue(text);
      return true;
    } catch {
      return false;
    }
  };
  return [strings.filter(isTaken), strings.filter((text) => !isTaken(text))];
}

/** Puts all of these strings there, as many at once as goes. */
async function* answers(place: Place, strings: readonly string[]) {
  const { isList, operation } = place;
  const most = operation === 'subscription' ? 1 : isList ? ARGUMENTS.list : ARGUMENTS.single;
  for (const like of valuesFor(place, strings)) {
    for (const some of inChunks(inChunks(like, isList ? LIST : 1), most)) {
      const variables = some.map((chunk, at) => [`v${at}`, place.argument(chunk)] as const);
      yield await ask(place, place.document(some.length), Object.fromEntries(variables));
    }
  }
}

function valuesFor(place: Place, strings: readonly string[]): readonly (readonly unknown[])[] {
  if (place.leaf.name === 'ID') return [strings, strings.map(asId)];
  if (place.leaf.name !== '_Any') return alike(place, strings);
  const kinds = representations.length;
  return representations.map((represent, kind) =>
    strings.filter((_, at) => at % kinds === kind).map(represent),
  );
}

function inChunks<Value>(values: readonly Value[], size: number): Value[][] {
  const count = Math.ceil(values.length / size);
  return Array.from({ length: count }, (_, at) => values.slice(at * size, (at + 1) * size));
}

/** A subscription is left as soon as it says something, or has had time to. */
async function ask({ operation }: Place, query: string, variables: object): Promise<Answer> {
  const isStream = operation === 'subscription';
  const accept = isStream ? 'text/event-stream' : 'application/json';
  const left = new AbortController();
  const response = await gateway.fetch('http://localhost/graphql', {
    method: 'POST',
    headers: { 'content-type': 'application/json', accept },
    body: JSON.stringify({ query, variables }),
    signal: left.signal,
  });
  if (!isStream) return { status: response.status, text: await response.text() };
  const reader = (response.body as ReadableStream<Uint8Array>).getReader();
  const { value } = await reader.read();
  await reader.cancel();
  left.abort();
  const said = /data: (.*)/.exec(new TextDecoder().decode(value))?.[1];
  return { status: response.status, text: said === undefined || said === '' ? '{}' : said };
}

interface Answer {
  readonly status: number;
  readonly text: string;
}

interface Shown {
  readonly errors?: readonly { message: string; extensions: { code: string } }[];
}

/** What is not as I2 and I3 say: an answer, with nothing but fixed words in its errors. */
function problemsOf(answer: Answer, strings: readonly string[]): readonly string[] {
  const { errors = [] } = JSON.parse(answer.text) as Shown;
  const wrong = errors.filter(
    ({ message, extensions: { code } }) =>
      !Object.hasOwn(MESSAGES, code) ||
      code === 'INTERNAL_SERVER_ERROR' ||
      // Documents that are refused as such would put nothing to the test.
      code === 'GRAPHQL_VALIDATION_FAILED' ||
      code.startsWith('MAX_') ||
      strings.some((sent) => sent.length > 8 && message.includes(sent)),
  );
  return answer.status >= 500 || wrong.length > 0 ? [`${answer.status} ${answer.text}`] : [];
}

const about = `${each} random strings in each of ${places.length} arguments (IMAGEGRAPH_WALL_SEED=${SEED})`;

describe(`I1 I2 I3 ${about}`, () => {
  let lookUps = 0;

  it.each(places)(
    'reach the engine as a known request or not at all: $name',
    { timeout: 600_000 },
    async (place) => {
      const law = async (strings: readonly string[]): Promise<void> => {
        for await (const answer of answers(place, strings)) {
          expect(problemsOf(answer, strings)).toEqual([]);
        }
        const heads = wall.heads.splice(0);
        expect(foreign(heads)).toEqual([]);
        lookUps += heads.filter((head) => head.includes('/distribution/')).length;
      };
      await law(BAD_REFERENCES);
      const some = fc.array(hostileString, { minLength: AT_ONCE, maxLength: AT_ONCE });
      const numRuns = Math.ceil(each / AT_ONCE);
      await fc.assert(fc.asyncProperty(some, law), { seed: SEED, numRuns, endOnFailure: true });
    },
  );

  it('with some that the engine was asked about', () => {
    expect(lookUps).toBeGreaterThan(0);
  });

  it('I5 leave no connections and no timers behind', async () => {
    await expect.poll(wall.connections).toBeLessThanOrEqual(8);
    const timers = () =>
      process.getActiveResourcesInfo().filter((kind) => kind === 'Timeout').length;
    await expect.poll(timers, { timeout: 10_000 }).toBeLessThan(10);
  });
});
