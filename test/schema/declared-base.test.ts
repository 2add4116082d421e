import { afterEach, expect, it } from 'vitest';
import type { KeyValue } from '../../src/engine/image-row.ts';
import { createFixedIndex, manyImages } from '../support/fixed-index.ts';
import { createIndexGateway, type TestGateway } from '../support/gateway.ts';
import { idOf } from '../support/stand-in-engine.ts';

const BASE = 'org.opencontainers.image.base';
const QUERY = `{ image(reference: "demo/app-10") { declaredBase { reference digest hasMovedOn image { imageId } } } }`;

let gateway: TestGateway | null = null;
afterEach(() => gateway?.close());

/** What is said of the base of image 10 when it has these labels. */
async function declared(labels: readonly KeyValue[]): Promise<any> {
  const content = manyImages(20);
  const images = content.images.map((row) => (row.id === idOf(10) ? { ...row, labels } : row));
  gateway = createIndexGateway([createFixedIndex('e', { ...content, images })]);
  const { data, errors } = await gateway.ask(QUERY);
  expect(errors).toBeUndefined();
  return data.image.declaredBase;
}

const name = (value: string) => ({ key: `${BASE}.name`, value });
const digest = (value: string) => ({ key: `${BASE}.digest`, value });

it.each<[string, readonly KeyValue[], unknown]>([
  [
    'where name and digest lead to the same image',
    [name('demo/app-2'), digest(idOf(2))],
    { reference: 'demo/app-2', digest: idOf(2), hasMovedOn: false, image: { imageId: idOf(2) } },
  ],
  [
    'whose name leads to another image by now',
    [name('docker.io/demo/app-4:latest'), digest(idOf(2))],
    {
      reference: 'docker.io/demo/app-4:latest',
      digest: idOf(2),
      hasMovedOn: true,
      image: { imageId: idOf(2) },
    },
  ],
  [
    'that is not here',
    [name('nobody/has:this'), digest(idOf(99))],
    { reference: 'nobody/has:this', digest: idOf(99), hasMovedOn: null, image: null },
  ],
  [
    'by its name alone',
    [name('demo/app-2')],
    { reference: 'demo/app-2', digest: null, hasMovedOn: null, image: { imageId: idOf(2) } },
  ],
  [
    'by its digest alone',
    [digest(idOf(2)), name('not a name')],
    { reference: null, digest: idOf(2), hasMovedOn: null, image: { imageId: idOf(2) } },
  ],
  ['that is not declared', [{ key: 'other', value: 'x' }], null],
  ['that makes no sense', [name('../x'), digest('sha256:zz')], null],
])('finds the base %s', async (_, labels, expected) => {
  expect(await declared(labels)).toEqual(expected);
});

it('asks no registry unless it is allowed', async () => {
  await declared([name('demo/app-2'), digest(idOf(2))]);
  const { data, errors } = await (gateway as TestGateway).ask(
    '{ image(reference: "demo/app-10") { declaredBase { reference updateCheck { status } } } }',
  );
  expect(data.image.declaredBase).toEqual({ reference: 'demo/app-2', updateCheck: null });
  expect(errors?.map(({ extensions }) => extensions['code'])).toEqual(['REGISTRY_NOT_ALLOWED']);
});
