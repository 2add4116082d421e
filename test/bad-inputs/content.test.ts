import { afterEach, describe, expect, it } from 'vitest';
import { createLog } from '../../src/log.ts';
import { type HttpGateway, startHttpGateway } from '../support/http-gateway.ts';
import { idOf, type ImageJson } from '../support/stand-in-engine.ts';

let gateway: HttpGateway | null = null;
afterEach(async () => {
  await gateway?.close();
  gateway = null;
});

const FIELDS =
  'id imageId created size labels { key value } repoTags { reference } repoDigests { reference } parent { id }';

/** What a client gets of images that an engine lists like this. */
async function nodesOf(...images: readonly object[]): Promise<{ nodes: any[]; errors: unknown }> {
  gateway = await startHttpGateway({ content: { images: images as ImageJson[] } });
  const response = await fetch(gateway.url, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ query: `{ images(all: true) { nodes { ${FIELDS} } } }` }),
  });
  expect(response.headers.get('content-type')).toContain('application/json');
  const { data, errors } = await response.json();
  return { nodes: data.images.nodes, errors };
}

const image = (rest: object) => ({ Id: idOf(1), ParentId: '', Created: 1, Size: 1, ...rest });
const labelled = (json: string) => image({ Labels: JSON.parse(json) as object });

describe('what an engine says of an image', () => {
  it('B115: labels with the names of object properties are labels like others', async () => {
    const { nodes } = await nodesOf(
      labelled('{"__proto__":"polluted","constructor":"b","toString":"c","hasOwnProperty":"d"}'),
    );
    expect(nodes[0].labels).toEqual([
      { key: '__proto__', value: 'polluted' },
      { key: 'constructor', value: 'b' },
      { key: 'hasOwnProperty', value: 'd' },
      { key: 'toString', value: 'c' },
    ]);
    expect(({} as Record<string, unknown>)['polluted']).toBeUndefined();
    expect(({} as Record<string, unknown>)['key']).toBeUndefined();
  });

  it('B116: a label of 1 MB is withheld; 5,000 labels and control characters are given as they are', async () => {
    const many = Object.fromEntries(Array.from({ length: 5_000 }, (_, at) => [`k${at}`, 'v']));
    const large = 'word '.repeat(200_000);
    const { nodes, errors } = await nodesOf(
      image({ Labels: { large } }),
      image({ Id: idOf(2), Labels: many }),
      image({ Id: idOf(3), Labels: { control: '\u0000\u001b\u009b\u202e' } }),
    );
    expect(errors).toBeUndefined();
    const byId = new Map(nodes.map(({ imageId, labels }) => [imageId, labels]));
    // A text too long to be searched for secrets is withheld as a whole.
    expect(byId.get(idOf(1))).toEqual([{ key: 'large', value: null }]);
    expect(byId.get(idOf(2))).toHaveLength(5_000);
    expect(byId.get(idOf(3))).toEqual([{ key: 'control', value: '\u0000\u001b\u009b\u202e' }]);
  });

  it('B117: what is missing or no value is null or empty', async () => {
    const { nodes, errors } = await nodesOf(
      image({ RepoTags: null, RepoDigests: null, Labels: null, Size: -1, Created: 'x' }),
      image({ Id: idOf(2), Created: '0001-01-01T00:00:00Z', ParentId: null, Labels: 7 }),
    );
    expect(errors).toBeUndefined();
    expect(nodes).toHaveLength(2);
    for (const { labels, repoTags, repoDigests, created, parent } of nodes)
      expect([labels, repoTags, repoDigests, created, parent]).toEqual([[], [], [], null, null]);
    expect(nodes.find(({ imageId }) => imageId === idOf(1)).size).toBe(0);
  });

  it('B118: markup and terminal commands are JSON in an answer, and harmless in a log', async () => {
    const evil = '<script>alert(1)</script>\u001b[2J\u202e';
    const { nodes } = await nodesOf(image({ Labels: { evil } }));
    expect(nodes[0].labels).toEqual([{ key: 'evil', value: evil }]);
    const written: string[] = [];
    const write = process.stderr.write.bind(process.stderr);
    process.stderr.write = (text) => written.push(String(text)) > 0;
    try {
      createLog(true).warn({ engine: 'e', detail: `\n${evil}` }, 'said');
    } finally {
      process.stderr.write = write;
    }
    expect(written).toHaveLength(1);
    for (const character of ['\u001b', '\u202e']) expect(written.join()).not.toContain(character);
    expect(written.join()).toMatch(/^[^\n]+\n$/);
  });
});
