import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { EngineError } from '../../src/engine/engine-error.ts';
import type { Engine } from '../../src/engine/engine.ts';
import { routeOf } from '../../src/engine/allowed-paths.ts';
import { canonicalName, parseReference } from '../../src/engine/reference.ts';
import { connectTo } from '../support/gateway.ts';
import { foreign } from './allowed-requests.ts';
import { BAD_REFERENCES, hostileString, SEED } from './hostile-strings.ts';
import { type RecordingEngine, startRecordingEngine } from './recording-engine.ts';

const STRINGS = 100_000;
const AT_ONCE = 500;
const PLATFORM = { name: '', os: 'linux', architecture: 'amd64', variant: null, osVersion: null };

let wall: RecordingEngine;
let engine: Engine;
beforeAll(async () => {
  wall = await startRecordingEngine();
  engine = connectTo('e', wall.dial);
  await engine.facts();
});
afterAll(async () => {
  engine.close();
  await wall.close();
});

type Verb = (text: string, signal: AbortSignal) => Promise<unknown>;

/** All that takes a text and asks an engine with it. What parses references stands before, and is left out. */
const VERBS: Readonly<Record<string, Verb>> = {
  inspectImage: (text, signal) => engine.inspectImage(text, signal),
  'inspectImage, platform': (text, signal) =>
    engine.inspectImage(ID, signal, { ...PLATFORM, os: text, variant: text }),
  imageHistory: (text, signal) => engine.imageHistory(text, signal),
  imageNameOf: (text, signal) => engine.imageNameOf(text, signal),
  readImage: (text, signal) => engine.readImage(text, signal),
  attestations: (text, signal) => engine.attestations(text, PLATFORM, null, signal),
  'attestations, type': (text, signal) => engine.attestations(ID, PLATFORM, text, signal),
  askRegistry: (text, signal) => engine.askRegistry(text, null, signal),
  listContainers: (text, signal) => engine.listContainers(signal, [text]),
};
const ID = `sha256:${'a'.repeat(64)}`;

describe(`I1 unparsed strings (IMAGEGRAPH_WALL_SEED=${SEED})`, () => {
  /** An answer, or an error of the engine's client: nothing else, and nothing that never settles. */
  async function expectSettled(verb: Verb, text: string): Promise<void> {
    const error = await verb(text, AbortSignal.timeout(20_000)).then(
      () => null,
      (reason: unknown) => reason,
    );
    if (error !== null) expect(error).toBeInstanceOf(EngineError);
  }

  it.each(Object.keys(VERBS))(
    'reach no foreign path through %s',
    { timeout: 300_000 },
    async (name) => {
      const verb = VERBS[name] as Verb;
      wall.heads.splice(0);
      await expectSettled(verb, name === 'imageNameOf' ? 'a'.repeat(64) : ID);
      expect(wall.heads.filter((head) => !head.includes('/_ping'))).not.toEqual([]);
      for (const text of BAD_REFERENCES) await expectSettled(verb, text);
      const some = fc.array(hostileString, { minLength: AT_ONCE, maxLength: AT_ONCE });
      const law = fc.asyncProperty(some, (texts) =>
        Promise.all(texts.map((text) => expectSettled(verb, text))).then(() => undefined),
      );
      const numRuns = Math.ceil(STRINGS / Object.keys(VERBS).length / AT_ONCE);
      await fc.assert(law, { seed: SEED, numRuns, endOnFailure: true });
      expect(foreign(wall.heads)).toEqual([]);
    },
  );

  it('I5 leave no more connections than calls may run at once', async () => {
    await expect.poll(wall.connections).toBeLessThanOrEqual(8);
  });
});

describe('what a reference becomes', () => {
  it(`passes the wall whenever it parses, ${STRINGS} strings (IMAGEGRAPH_WALL_SEED=${SEED})`, () => {
    let parsed = 0;
    const law = fc.property(hostileString, (text) => {
      const reference = parseReference(text);
      if (reference === null || text.includes('[')) return;
      parsed++;
      const asked = reference.kind === 'id' ? `sha256:${reference.hex}` : spelled(reference);
      expect(routeOf('GET', `/images/${asked}/json`)).toBe('/images/{name}/json');
      expect(foreign([`GET /v1.51/images/${asked}/json HTTP/1.1`])).toEqual([]);
    });
    fc.assert(law, { seed: SEED, numRuns: STRINGS });
    expect(parsed).toBeGreaterThan(STRINGS / 10);
  });

  it(`is the only way through: of ${STRINGS} strings, what passes in a path has none of its signs`, () => {
    const law = fc.property(hostileString, (text) => {
      if (routeOf('GET', `/images/${text}/json`) === null) return;
      expect(text).toMatch(/^[\w.:@-]+(?:\/[\w.:@-]+)*$/);
      expect(foreign([`GET /v1.51/images/${text}/json HTTP/1.1`])).toEqual([]);
    });
    fc.assert(law, { seed: SEED, numRuns: STRINGS });
  });

  it('is nothing for the bad references B70 to B95', () => {
    const taken = BAD_REFERENCES.filter((text) => parseReference(text) !== null);
    expect(taken).toEqual([]);
  });
});

function spelled({
  domain,
  path,
  tag,
  digest,
}: Exclude<ReturnType<typeof parseReference>, null> & { kind: 'name' }): string {
  const end = digest === null ? `:${tag ?? 'latest'}` : `@${digest}`;
  return `${canonicalName(domain, path)}${end}`;
}
