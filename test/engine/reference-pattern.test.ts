import { describe, expect, it } from 'vitest';
import { parseEngineTag, type ParsedName } from '../../src/engine/reference.ts';
import { compileReferencePattern } from '../../src/engine/reference-pattern.ts';

const DIGEST = `sha256:${'0123456789abcdef'.repeat(4)}`;

function nameOf(text: string): ParsedName {
  const name = parseEngineTag(text);
  if (name === null) throw new Error(`not a name: ${text}`);
  return name;
}

function isMatch(pattern: string, text: string): boolean | null {
  return compileReferencePattern(pattern)?.(nameOf(text)) ?? null;
}

describe('a reference pattern matches', () => {
  it.each([
    ['a name by itself, whatever its tag', 'alpine', 'alpine:3'],
    ['a name with its tag', 'alpine:3', 'alpine:3'],
    ['a name with its digest', `alpine@${DIGEST}`, `alpine@${DIGEST}`],
    ['a canonical name', 'docker.io/library/alpine', 'alpine:3'],
    ['a canonical name with its tag', 'docker.io/library/alpine:3*', 'alpine:3.20'],
    ['a canonical name with stars', '*/*/alpine', 'alpine:3'],
    ['what an engine spells canonically', 'alpine:*', 'docker.io/library/alpine:3'],
    ['any tag of a name', 'alpine:*', 'alpine:3'],
    ['any name of one component', '*', 'alpine:3'],
    ['a registry', 'ghcr.io/*/*', 'ghcr.io/owner/app:1'],
    ['a part of a component', 'ghcr.io/own*/a*p', 'ghcr.io/owner/app:1'],
    ['one character', 'alpine:?', 'alpine:3'],
    ['a class', 'alpine:[0-9]', 'alpine:3'],
    ['a class of single characters and ranges', 'alpine:[x0-35]', 'alpine:5'],
    ['a negated class', 'alpine:[^a-z]', 'alpine:3'],
    ['an escaped character', 'alp\\ine:\\3', 'alpine:3'],
    ['an escaped character in a class', 'a[\\-]b', 'a-b:1'],
    ['a bracket by itself', 'alpine:[3]', 'alpine:3'],
    ['several stars', '*l*i*e', 'alpine:3'],
    ['stars in a row', 'alp**ne:**', 'alpine:3'],
    ['what a star could have passed over', '*a*ab', 'aaab:1'],
    ['a class that takes a slash, as in Go', 'owner[^x]app', 'owner/app:1'],
    ['a digest with stars', 'alpine@sha256:0123*', `alpine@${DIGEST}`],
  ])('%s', (_what, pattern, text) => {
    expect(isMatch(pattern, text)).toBe(true);
  });
});

describe('a reference pattern does not match', () => {
  it.each([
    ['across a slash by a star', '*', 'owner/app:1'],
    ['across a slash by stars in a row', '**', 'owner/app:1'],
    ['a slash by a question mark', 'owner?app', 'owner/app:1'],
    ['the beginning of a name', 'alp', 'alpine:3'],
    ['the end of a name', 'pine', 'alpine:3'],
    ['another tag', 'alpine:4', 'alpine:3'],
    ['a path without its registry', 'owner/app', 'ghcr.io/owner/app:1'],
    ['a registry alone', 'ghcr.io', 'ghcr.io/owner/app:1'],
    ['in another case', 'ALPINE', 'alpine:3'],
    ['a range the wrong way round', 'alpine:[9-0]', 'alpine:3'],
    ['what only an earlier star could reach, as in Go', '*[^y]*b', 'ax/b:1'],
    ['an escaped star', 'alpine\\*', 'alpine:3'],
  ])('%s', (_what, pattern, text) => {
    expect(isMatch(pattern, text)).toBe(false);
  });
});

describe('a pattern is malformed', () => {
  it.each([
    ['with an open class', 'a[b'],
    ['with an open range', 'a[b-'],
    ['with a range without end', 'a[b-]'],
    ['with an empty class', 'a[]'],
    ['with an empty negated class', 'a[^]'],
    ['with a class that begins with a bracket', 'a[]b]'],
    ['with a class that begins with a dash', 'a[-b]'],
    ['with a backslash at its end', 'a\\'],
    ['with a backslash at the end of a class', 'a[\\'],
    ['where only the end of it is', 'nothing-is-called-this*[z'],
    ['when it is empty', ''],
    ['beyond 256 characters', 'a'.repeat(257)],
  ])('%s', (_what, pattern) => {
    expect(compileReferencePattern(pattern)).toBeNull();
  });

  it('but not at 256 characters', () => {
    expect(compileReferencePattern('a'.repeat(256))).not.toBeNull();
  });
});

it.each([
  ['stars', `${'*a'.repeat(127)}b`],
  ['stars and questions', `${'*?'.repeat(127)}b`],
  ['stars and classes', `${'*[a-z]'.repeat(42)}/`],
])('a hostile pattern of %s costs little against the longest name', (_what, pattern) => {
  const matches = compileReferencePattern(pattern);
  const name = nameOf(`ghcr.io/${'a'.repeat(255)}:${'a'.repeat(128)}`);
  const start = performance.now();
  for (let run = 0; run < 20; run++) expect(matches?.(name)).toBe(false);
  expect(performance.now() - start).toBeLessThan(1_000);
});
