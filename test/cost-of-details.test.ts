import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { connectTo, createTestGateway, type TestGateway } from './support/gateway.ts';
import { type InspectingEngine, startInspectingEngine } from './support/inspecting-engine.ts';
import { idOf } from './support/stand-in-engine.ts';

const COUNT = 200;
const CONFIG = 'config { environment { name value } } platform { name }';
const page = (fields: string) => `{ images(first: 1000) { nodes { imageId ${fields} } } }`;

let http: InspectingEngine;
let gateway: TestGateway;
beforeEach(async () => {
  http = await startInspectingEngine(COUNT);
  const engine = connectTo('e', http.dial);
  await engine.facts();
  gateway = createTestGateway([engine]);
  http.calls.splice(0);
});
afterEach(async () => {
  gateway.close();
  await http.close();
});

/** How often each kind of call was made since the last look. */
function callsMade(): { readonly inspects: number; readonly histories: number } {
  const kinds = http.calls
    .splice(0)
    .map((call) => /(?:json|history)(?=\?|$)/.exec(call)?.[0] ?? call);
  const inspects = kinds.filter((kind) => kind === 'json').length - 1;
  return { inspects, histories: kinds.filter((kind) => kind === 'history').length };
}

async function ask(query: string) {
  const { data, errors } = await gateway.ask(query);
  expect(errors).toBeUndefined();
  return data;
}

describe('what details of a page cost the engine', () => {
  it('is one inspect for each image, and then none', async () => {
    const first = await ask(page(`${CONFIG} author layers { diffId }`));
    expect(callsMade()).toEqual({ inspects: COUNT, histories: 0 });
    expect(http.store.busiest).toBe(8);
    expect(await ask(page(`${CONFIG} author layers { diffId }`))).toEqual(first);
    expect(callsMade()).toEqual({ inspects: 0, histories: 0 });
  });

  it('is one history more where sizes of layers are asked for, and then none', async () => {
    const query = page(
      'layers { diffId size createdBy } history { size isEmpty layer { diffId } }',
    );
    const first = await ask(query);
    expect(callsMade()).toEqual({ inspects: COUNT, histories: COUNT });
    expect(await ask(query)).toEqual(first);
    expect(callsMade()).toEqual({ inspects: 0, histories: 0 });
  });

  it('is shared by equal operations at the same time', async () => {
    await Promise.all(Array.from({ length: 20 }, () => gateway.ask(page(CONFIG))));
    const inspects = http.calls.filter((call) => call.includes('sha256'));
    expect(inspects).toHaveLength(COUNT);
  });

  it('is one inspect for each image for bases, whatever else is asked', async () => {
    const query = page(`${CONFIG} baseImages { imageId } derivedImages { totalCount }
      layers { images { totalCount } } usedBy(includeDerived: true) { totalCount }`);
    const { images } = await ask(query);
    expect(callsMade().inspects).toBeLessThanOrEqual(COUNT + 1);
    const last = images.nodes.find(({ imageId }: any) => imageId === idOf(9));
    expect(last.baseImages.map(({ imageId }: any) => imageId)).toEqual([8, 7, 6, 5].map(idOf));
    await ask(query);
    expect(callsMade().inspects).toBeLessThanOrEqual(1);
  });

  it('is one inspect for one image that is new', async () => {
    await ask(page('baseImages { imageId }'));
    callsMade();
    http.store.images++;
    await ask(page('baseImages { imageId }'));
    expect(callsMade()).toEqual({ inspects: 1, histories: 0 });
  });

  it('is one in each operation for when it was tagged', async () => {
    const query = '{ image(reference: "demo/app-1:1") { lastTagged } }';
    for (let round = 0; round < 2; round++) {
      expect((await ask(query)).image.lastTagged).toBe('2024-01-02T03:04:05Z');
      expect(callsMade()).toEqual({ inspects: 1, histories: 0 });
    }
  });

  it('is nothing where nobody asks for details', async () => {
    await ask(page('size parent { imageId } repoTags { reference }'));
    expect(callsMade()).toEqual({ inspects: 0, histories: 0 });
  });
});

describe('an image that fails', () => {
  it('is null in its own fields when it has vanished', async () => {
    http.broken.set(7, 404);
    const { images } = await ask(
      page('config { user } layers { diffId } history { size } platforms { name }'),
    );
    const gone = images.nodes.find(({ imageId }: any) => imageId === idOf(7));
    expect(gone).toEqual({
      imageId: idOf(7),
      config: null,
      layers: null,
      history: null,
      platforms: null,
    });
    const others = images.nodes.filter(({ config }: any) => config !== null);
    expect(others).toHaveLength(COUNT - 1);
  });

  it('takes its own fields when the engine fails, and tells nothing of why', async () => {
    http.broken.set(7, 500);
    const { data, errors } = await gateway.ask(page('config { user }'));
    expect(errors?.map(({ extensions }) => extensions['code'])).toEqual(['ENGINE_ERROR']);
    expect(JSON.stringify(errors)).not.toContain('secret');
    expect(data.images.nodes.filter(({ config }: any) => config === null)).toHaveLength(1);
    http.broken.clear();
    await ask(page('config { user }'));
  });

  it('is left out of the bases of all others, and of nothing else', async () => {
    http.broken.set(7, 500);
    const { images } = await ask(page('baseImages { imageId }'));
    const last = images.nodes.find(({ imageId }: any) => imageId === idOf(9));
    expect(last.baseImages.map(({ imageId }: any) => imageId)).toEqual([8, 6, 5].map(idOf));
    callsMade();
    await ask(page('baseImages { imageId }'));
    expect(callsMade()).toEqual({ inspects: 0, histories: 0 });
  });
});
