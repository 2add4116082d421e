import fc from 'fast-check';
import { GraphQLScalarType, parse, type SelectionSetNode } from 'graphql';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import type { Engine } from '../../src/engine/engine.ts';
import { MESSAGES } from '../../src/errors.ts';
import { createRegistries } from '../../src/registry/registries.ts';
import { ENTITIES } from '../../src/schema/entities.ts';
import { createSubgraph } from '../../src/schema/subgraph.ts';
import { connectTo, createIndex, createIndexGateway, type TestGateway } from '../support/gateway.ts';
import { foreign } from './allowed-requests.ts';
import { BAD_REFERENCES, hostileString, SEED } from './hostile-strings.ts';
import { type Place, placesOf } from './places.ts';
import { type RecordingEngine, startRecordingEngine } from './recording-engine.ts';

/** Random strings in all, or, when IMAGEGRAPH_WALL_STRINGS says how many, in each argument. */
const STRINGS = 100_000;
/** Arguments of one document: less than its limits on aliases, tokens and fields. */
const ARGUMENTS = 10;
/** Values in a list, where one argument takes several. */
const LIST = 50;

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
    const { selectionSet } = parse(`{ ${key} }`).definitions[0] as { selectionSet: SelectionSetNode };
    return (text: string) => ({ __typename: type, ...filled(selectionSet, text) });
  }),
);

function filled({ selections }: SelectionSetNode, text: string): object {
  return Object.fromEntries(
    selections.map((selection) => {
      const { name, selectionSet } = selection as { name: { value: string }; selectionSet?: SelectionSetNode };
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
  const isEntity = place.leaf.name === '_Any';
  const size = place.isList && !isEntity ? LIST : 1;
  const count = isEntity || place.operation === 'subscription' ? 1 : ARGUMENTS;
  const values = isEntity
    ? [strings.flatMap((text) => representations.map((represent) => represent(text)))]
    : alike(place, strings);
  for (const like of values) {
    const chunks = inChunks(like, isEntity ? ARGUMENTS : size);
    for (const some of inChunks(chunks, count)) {
      const variables = Object.fromEntries(some.map((chunk, at) => [`v${at}`, place.argument(chunk)]));
      yield await ask(place, place.document(some.length), variables);
    }
  }
}

function inChunks<Value>(values: readonly Value[], size: number): Value[][] {
  const count = Math.ceil(values.length / size);
  return Array.from({ length: count }, (_, at) => values.slice(at * size, (at + 1) * size));
}

/** A subscription is left as soon as it says something, or has had time to. */
async function ask({ operation }: Place, query: string, variables: object) {
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

interface Shown {
  readonly errors?: readonly { message: string; extensions: { code: string } }[];
}

/** I2 and I3: an answer, with nothing but fixed words in its errors. */
function expectGood({ status, text }: { status: number; text: string }, strings: readonly string[]) {
  expect(status).toBeLessThan(500);
  const { errors = [] } = JSON.parse(text) as Shown;
  for (const { message, extensions } of errors) {
    expect(Object.keys(MESSAGES)).toContain(extensions.code);
    expect(extensions.code).not.toBe('INTERNAL_SERVER_ERROR');
    expect(strings.filter((sent) => sent.length > 8 && message.includes(sent))).toEqual([]);
  }
}

const about = `${each} random strings in each of ${places.length} arguments (IMAGEGRAPH_WALL_SEED=${SEED})`;

describe(`I1 I2 I3 ${about}`, () => {
  afterEach(() => expect(foreign(wall.heads)).toEqual([]));

  it.each(places)('reach the engine as a known request or not at all: $name', { timeout: 600_000 }, async (place) => {
    const law = async (strings: readonly string[]): Promise<void> => {
      for await (const answer of answers(place, strings)) expectGood(answer, strings);
    };
    await law(BAD_REFERENCES.map(([, value]) => value));
    const size = 500;
    const some = fc.array(hostileString, { minLength: size, maxLength: size });
    const runs = Math.ceil(each / size);
    await fc.assert(fc.asyncProperty(some, law), { seed: SEED, numRuns: runs, endOnFailure: true });
  });
});
