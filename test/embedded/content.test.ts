import { expect, it } from 'vitest';
import { parse } from '../../src/embedded/content.ts';

it('JSON of very many values is refused before it fills the memory', () => {
  const many = Buffer.from(`[${'{},'.repeat(300_000)}{}]`);
  expect(() => parse(many)).toThrow('it has too many values');
  expect(parse(Buffer.from('{"a":[1,2]}'))).toEqual({ a: [1, 2] });
});
