import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  canonicalName,
  familiarName,
  isDigest,
  parseEngineDigest,
  parseEngineTag,
  parseReference,
  type ParsedReference,
} from '../../src/engine/reference.ts';
import { BAD_REFERENCES, DIGEST, HEX } from '../bad-inputs/bad-references.ts';

/** The same reference in full; an ID or what may be one as it is. */
function format(reference: ParsedReference): string {
  if (reference.kind === 'id') return `${reference.algorithm}:${reference.hex}`;
  if (reference.idPrefix !== null) return reference.idPrefix;
  const { domain, path, tag, digest } = reference;
  return [
    canonicalName(domain, path),
    tag === null ? '' : `:${tag}`,
    digest === null ? '' : `@${digest}`,
  ].join('');
}

describe('parseReference refuses', () => {
  it.each(BAD_REFERENCES)('%s: %s', (_number, _what, texts) => {
    for (const text of texts) expect(parseReference(text), JSON.stringify(text)).toBeNull();
  });

  it.each([
    ['two dots in a tag', 'a:1..2'],
    ['a port that is no number', 'localhost:x/a'],
    ['a registry with an underscore', 'foo_bar.com/a'],
    ['a registry of dots', '../../x.y/a'],
    ['brackets without an address', '[]/a'],
    ['a bare digest of another algorithm', `sha512:${HEX}${HEX}`],
    ['an ID with a tag or digest', `${DIGEST}:1`],
    ['names of object properties as algorithms', `a@constructor:${HEX}`],
    ['an engine word for no name', '<none>:<none>'],
  ])('%s', (_what, text) => {
    expect(parseReference(text)).toBeNull();
  });
});

describe('parseReference takes', () => {
  const name = { kind: 'name', domain: 'docker.io', tag: null, digest: null, idPrefix: null };

  it.each<[string, string, object]>([
    ['B96', 'alpine', { path: 'library/alpine' }],
    ['B97', 'alpine:3', { path: 'library/alpine', tag: '3' }],
    ['B98', 'lib/alpine', { path: 'lib/alpine' }],
    ['B99', 'localhost:5000/a/b:1', { domain: 'localhost:5000', path: 'a/b', tag: '1' }],
    ['B100', `ghcr.io/a/b@${DIGEST}`, { domain: 'ghcr.io', path: 'a/b', digest: DIGEST }],
    ['B102', 'a/b__c-d.e:T_1.x', { path: 'a/b__c-d.e', tag: 'T_1.x' }],
    ['B81', 'A/b', { domain: 'A', path: 'b' }],
    ['', 'docker.io/alpine', { path: 'library/alpine' }],
    ['', 'index.docker.io/alpine', { path: 'library/alpine' }],
    ['', 'index.docker.io/a/b', { path: 'a/b' }],
    ['', 'docker.io/library/alpine', { path: 'library/alpine' }],
    ['', 'localhost/a', { domain: 'localhost', path: 'a' }],
    ['', 'localhost', { path: 'library/localhost' }],
    ['', 'example.com', { path: 'library/example.com' }],
    ['', 'example:5000', { path: 'library/example', tag: '5000' }],
    ['', '127.0.0.1:5000/a', { domain: '127.0.0.1:5000', path: 'a' }],
    ['', '[::1]:5000/a:1', { domain: '[::1]:5000', path: 'a', tag: '1' }],
    ['', `a:1@${DIGEST}`, { path: 'library/a', tag: '1', digest: DIGEST }],
    ['', 'sha256', { path: 'library/sha256' }],
    ['', `a:${'t'.repeat(128)}`, { path: 'library/a', tag: 't'.repeat(128) }],
    ['', `ghcr.io/${'g'.repeat(255)}`, { domain: 'ghcr.io', path: 'g'.repeat(255) }],
    ['', `a@sha512:${HEX}${HEX}`, { path: 'library/a', digest: `sha512:${HEX}${HEX}` }],
    ['', 'cafe:1', { path: 'library/cafe', tag: '1' }],
    ['', 'abc', { path: 'library/abc' }],
  ])('%s %s', (_number, text, expected) => {
    expect(parseReference(text)).toEqual({ ...name, ...expected });
  });

  it('B101: a whole ID, with its algorithm or bare', () => {
    const id = { kind: 'id', algorithm: 'sha256', hex: HEX };
    expect(parseReference(DIGEST)).toEqual(id);
    expect(parseReference(HEX)).toEqual(id);
  });

  it('the beginning of an ID after sha256:, of 4 digits and more', () => {
    expect(parseReference('sha256:b5bb')).toEqual({ kind: 'id', algorithm: 'sha256', hex: 'b5bb' });
    expect(parseReference(DIGEST.slice(0, -1))).toMatchObject({ kind: 'id' });
  });

  it('B94: bare digits as a name that may also begin an ID', () => {
    for (const text of ['cafe', 'b5bb9d8014a', HEX.slice(0, 63)]) {
      expect(parseReference(text)).toEqual({ ...name, path: `library/${text}`, idPrefix: text });
    }
  });
});

describe('any text at all', () => {
  const character = fc.constantFrom(...'abcXYZ019.:/@-_[]?#% \\\n\u0000é<>'.split(''), '..', '//');
  const nearly = fc.array(character, { maxLength: 40 }).map((parts) => parts.join(''));
  const pieces = fc.constantFrom(
    'a',
    'ghcr.io',
    '/',
    ':',
    '@',
    DIGEST,
    'sha256:',
    HEX,
    '3',
    '[::1]',
  );
  const composed = fc.array(pieces, { maxLength: 8 }).map((parts) => parts.join(''));
  const text = fc.oneof(fc.string({ unit: 'binary' }), fc.string(), nearly, composed);

  it('parses or is refused, but never throws', () => {
    fc.assert(
      fc.property(text, (any) => {
        parseReference(any);
        parseEngineTag(any);
        parseEngineDigest(any);
        isDigest(any);
      }),
      { numRuns: 20_000 },
    );
  });

  it('is safe in a path when it parses', () => {
    fc.assert(
      fc.property(text, (any) => {
        for (const parsed of [parseReference(any), parseEngineTag(any)]) {
          // eslint-disable-next-line no-control-regex -- control characters are what is looked for
          if (parsed !== null) expect(any).not.toMatch(/\.\.|\/\/|[?#%\\<>]|[^\x21-\x7e]/);
        }
      }),
      { numRuns: 20_000 },
    );
  });

  it('means the same when it is written in full and parsed again', () => {
    fc.assert(
      fc.property(text, (any) => {
        const parsed = parseReference(any);
        if (parsed !== null) expect(parseReference(format(parsed))).toEqual(parsed);
      }),
      { numRuns: 20_000 },
    );
  });

  it.each([
    ['separators', `a${'-'.repeat(500)}!`],
    ['components', `${'a/'.repeat(250)}!`],
    ['domain labels', `${'a-'.repeat(125)}.${'b.'.repeat(120)}!/x`],
    ['digits', `${'1'.repeat(511)}!`],
  ])('costs little when it is a hostile run of %s', (_what, hostile) => {
    const start = performance.now();
    for (let run = 0; run < 200; run++) parseReference(hostile);
    expect(performance.now() - start).toBeLessThan(500);
  });
});

describe('familiarName', () => {
  it.each([
    ['docker.io', 'library/alpine', 'alpine'],
    ['docker.io', 'owner/app', 'owner/app'],
    ['docker.io', 'library/a/b', 'library/a/b'],
    ['ghcr.io', 'library/alpine', 'ghcr.io/library/alpine'],
    ['localhost:5000', 'a', 'localhost:5000/a'],
  ])('of %s and %s is %s', (domain, path, familiar) => {
    expect(familiarName(domain, path)).toBe(familiar);
  });

  it('parses to the name that it is the familiar form of', () => {
    for (const text of ['alpine', 'owner/app', 'library/a/b', 'ghcr.io/library/alpine']) {
      const parsed = parseEngineTag(text);
      expect(parsed && familiarName(parsed.domain, parsed.path)).toBe(text);
    }
  });
});

describe('parseEngineTag reads what engines print in RepoTags', () => {
  it.each<[string, string, object]>([
    ['familiar (Docker)', 'alpine:3', { domain: 'docker.io', path: 'library/alpine', tag: '3' }],
    ['canonical (Podman)', 'docker.io/library/alpine:3', { path: 'library/alpine', tag: '3' }],
    ['of Podman builds', 'localhost/app:latest', { domain: 'localhost', path: 'app' }],
    ['with a digest for a tag', `app@${DIGEST}`, { path: 'library/app', digest: DIGEST }],
    ['with tag and digest', `app:1@${DIGEST}`, { tag: '1', digest: DIGEST }],
    ['of a repository called like an algorithm', 'sha256:latest', { path: 'library/sha256' }],
    ['of hex digits', 'cafe:1', { path: 'library/cafe', tag: '1' }],
  ])('%s', (_what, text, expected) => {
    expect(parseEngineTag(text)).toMatchObject(expected);
  });

  it('and leaves malformed names and bare digests unparsed', () => {
    for (const text of ['<none>:<none>', 'A B', 'overlayfs@', DIGEST, 'x'.repeat(600)]) {
      expect(parseEngineTag(text), text).toBeNull();
    }
  });
});

describe('parseEngineDigest reads what engines print in RepoDigests', () => {
  it('as a repository and its digest', () => {
    const expected = { domain: 'docker.io', path: 'library/a', tag: null, digest: DIGEST };
    expect(parseEngineDigest(`a@${DIGEST}`)).toEqual(expected);
    expect(parseEngineDigest(`docker.io/library/a@${DIGEST}`)).toEqual(expected);
  });

  it('and leaves bare digests and malformed names unparsed', () => {
    for (const text of [DIGEST, '<none>@<none>', `A B@${DIGEST}`, 'a:1', 'a']) {
      expect(parseEngineDigest(text), text).toBeNull();
    }
  });
});

describe('isDigest', () => {
  it('holds for as many digits as the algorithm has', () => {
    expect([DIGEST, `sha384:${'0'.repeat(96)}`, `sha512:${'f'.repeat(128)}`].every(isDigest)).toBe(
      true,
    );
  });

  it('holds for nothing else', () => {
    const others = [
      '',
      ':',
      HEX,
      'sha256:',
      `${DIGEST}0`,
      `SHA256:${HEX}`,
      `md5:${'0'.repeat(32)}`,
    ];
    expect(others.filter(isDigest)).toEqual([]);
  });
});
