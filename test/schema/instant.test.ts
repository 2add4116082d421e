import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { connectTo, createTestGateway, type TestGateway } from '../support/gateway.ts';
import type { HttpEngine } from '../support/http-engine.ts';
import { idOf, startStandInEngine } from '../support/stand-in-engine.ts';

const GOOD: readonly [string, string][] = [
  ['2026-11-24T12:00:00Z', '2026-11-24T12:00:00Z'],
  ['2026-11-24t12:00:00z', '2026-11-24T12:00:00Z'],
  ['2026-11-24T12:00:00.123456789+02:30', '2026-11-24T09:30:00.123Z'],
  ['2024-02-29T23:59:59-00:00', '2024-02-29T23:59:59Z'],
  ['2000-02-29T00:00:00Z', '2000-02-29T00:00:00Z'],
  ['0000-02-29T00:00:00Z', '0000-02-29T00:00:00Z'],
  ['9999-12-31T23:59:59Z', '9999-12-31T23:59:59Z'],
];

const BAD: readonly string[] = [
  '2026-02-30T00:00:00Z',
  '2025-02-29T00:00:00Z',
  '1900-02-29T00:00:00Z',
  '2026-04-31T00:00:00Z',
  '2026-00-01T00:00:00Z',
  '2026-13-01T00:00:00Z',
  '2026-01-00T00:00:00Z',
  '2026-01-01T24:00:00Z',
  '2026-01-01T00:60:00Z',
  '2026-01-01T00:00:60Z',
  '2026-01-01T00:00:00+24:00',
  '2026-01-01T00:00:00+01:60',
  '0000-01-01T00:00:00+00:01',
  '9999-12-31T23:59:59-00:01',
  '2026-01-01T00:00:00',
  '2026-01-01 00:00:00Z',
  '2026-01-01T00:00Z',
  '2026-01-01T00:00:00.Z',
  '2026-01-01',
  '1 January 2026',
  '2026',
  '',
];

const KEY = 'org.opencontainers.image.created';
let http: HttpEngine;
let gateway: TestGateway;
beforeAll(async () => {
  const created = [...GOOD.map(([text]) => text), ...BAD];
  http = await startStandInEngine({
    images: created.map((text, at) => ({
      Id: idOf(at + 1),
      RepoTags: [`demo/n${at}:1`],
      Labels: { [KEY]: text },
    })),
  });
  gateway = createTestGateway([connectTo('e', http.dial)]);
});
afterAll(async () => {
  gateway.close();
  await http.close();
});

describe('an instant', () => {
  it.each(GOOD)('of RFC 3339 is taken: %s', async (text) => {
    const { errors } = await gateway.ask(
      `{ images(filter: { createdAfter: "${text}" }) { totalCount } }`,
    );
    expect(errors).toBeUndefined();
  });

  it.each(BAD)('that is none is refused: %j', async (text) => {
    const query = 'query ($v: DateTime) { images(filter: { createdAfter: $v }) { totalCount } }';
    const { errors } = await gateway.ask(query, { v: text });
    expect(errors?.[0]).toMatchObject({
      message: 'Not an instant. Use RFC 3339: 2026-11-24T12:00:00Z.',
      extensions: { code: 'BAD_USER_INPUT' },
    });
  });

  it('that an image says of itself is read in the same way, and is null where it is none', async () => {
    const { data } = await gateway.ask(
      `{ images { nodes { oci { created } label(key: "${KEY}") } } }`,
    );
    const read = new Map(data.images.nodes.map((node: any) => [node.label, node.oci.created]));
    expect(Object.fromEntries(read)).toEqual(
      Object.fromEntries([...GOOD, ...BAD.map((text) => [text, null])]),
    );
  });
});
