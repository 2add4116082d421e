import { describe, expect, it } from 'vitest';
import { changesBetween, toInventory } from '../../src/embedded/image-changes.ts';
import type { StoredImage } from '../../src/embedded/stored-image.ts';

const image = (id: string, tags: readonly string[], more: Partial<StoredImage> = {}) =>
  ({
    id,
    parentId: '',
    tags,
    digests: tags.map((tag) => `${tag.slice(0, tag.lastIndexOf(':'))}@${id}`),
    created: 0,
    labels: {},
    size: 1,
    blobs: new Map(),
    descriptor: null,
    manifests: null,
    configPath: 'config',
    layerSizes: [],
    ...more,
  }) satisfies StoredImage;

const changes = (before: readonly StoredImage[], after: readonly StoredImage[]) =>
  changesBetween(toInventory(before), toInventory(after)).map(
    ({ action, actor, name }) => `${action} ${actor} ${name}`,
  );

describe('what happened between two readings', () => {
  it.each<[string, readonly StoredImage[], readonly StoredImage[], readonly string[]]>([
    ['nothing', [image('A', ['a:1'])], [image('A', ['a:1'])], []],
    ['an image came', [], [image('A', ['a:1', 'a:2'])], ['create A A', 'tag A a:1', 'tag A a:2']],
    ['an image came without a name', [], [image('A', [])], ['create A A']],
    [
      'an image went',
      [image('A', ['a:1', 'a:2'])],
      [],
      ['untag A a:1', 'untag A a:2', 'delete A A'],
    ],
    ['an image without a name went', [image('A', [])], [], ['delete A A']],
    ['a name came', [image('A', ['a:1'])], [image('A', ['a:1', 'b:1'])], ['tag A b:1']],
    ['a name went', [image('A', ['a:1', 'b:1'])], [image('A', ['a:1'])], ['untag A b:1']],
    [
      'a name moved: only the winner is told',
      [image('A', ['a:1']), image('B', ['b:1'])],
      [image('A', []), image('B', ['a:1', 'b:1'])],
      ['tag B a:1'],
    ],
    [
      'a name moved to a new image, and the old one went',
      [image('A', ['a:1'])],
      [image('B', ['a:1'])],
      ['create B B', 'tag B a:1', 'delete A A'],
    ],
    [
      'one of two holders of a name lost it, which did not move',
      [image('A', ['a:1']), image('B', ['a:1'])],
      [image('A', []), image('B', ['a:1'])],
      ['untag A a:1'],
    ],
    [
      'more of an image came',
      [image('A', ['localhost:5000/a:1'])],
      [image('A', ['localhost:5000/a:1'], { size: 2 })],
      ['pull localhost:5000/a:1 localhost:5000/a'],
    ],
    [
      'more of an image without a name came',
      [image('A', [])],
      [image('A', [], { size: 2 })],
      ['create A A'],
    ],
    [
      'a name by digest came and went',
      [image('A', [], { digests: ['a@A'] }), image('B', [])],
      [image('A', []), image('B', [], { digests: ['b@B'] })],
      ['tag B b@B', 'untag A a@A'],
    ],
  ])('%s', (_, before, after, expected) => {
    expect(changes(before, after)).toEqual(expected);
  });
});
