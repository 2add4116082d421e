import { expect, it } from 'vitest';
import { installed } from './installed.ts';

/** Those that ask for no more than to be named. */
const PERMISSIVE = new Set([
  'MIT',
  'ISC',
  'Apache-2.0',
  '0BSD',
  'BSD-2-Clause',
  'BSD-3-Clause',
  'BlueOak-1.0.0',
  'Unlicense',
]);

/** MIT, said in an old form (licenses) that lock files leave out. */
const OLD_FORM = new Set(
  ['buildcheck', 'cpu-features', 'ssh2'].map((name) => `node_modules/${name}`),
);

it('everything that is installed with the package is under a permissive licence', () => {
  const all = installed();
  expect(all.length).toBeGreaterThan(50);
  const others = all.filter(
    ([path, { license = 'none' }]) => !PERMISSIVE.has(license) && !OLD_FORM.has(path),
  );
  expect(others.map(([path, { license }]) => `${path}: ${license}`)).toEqual([]);
});
