import fc from 'fast-check';
import { BAD_REFERENCES as LISTED } from '../bad-inputs/bad-references.ts';

/** IMAGEGRAPH_WALL_SEED replays a run. */
export const SEED = Number(
  process.env['IMAGEGRAPH_WALL_SEED'] ?? Math.floor(Math.random() * 2 ** 31),
);

/** What paths, encodings, requests and references are made of. */
const PIECES = [
  ['..', '.', '/', '//', '\\', '~', '*', ';', '|', '$(id)', '`', '"', "'", '{', '}', '<script>'],
  [
    '%2e',
    '%2E%2e',
    '%2f',
    '%5c',
    '%00',
    '%0d%0a',
    '%252e',
    '%c0%af',
    '%',
    '\0',
    '\ud800',
    '\udc00',
  ],
  [
    '?',
    '#',
    '&',
    '=',
    '+',
    ' ',
    '\t',
    '\n',
    '\r\n',
    '\r\nX-Evil: 1',
    ' HTTP/1.1\r\n\r\n',
    '\u2028',
  ],
  [
    'GET ',
    'POST ',
    'DELETE ',
    'http://',
    '127.0.0.1:1',
    '169.254.169.254',
    '@',
    ':',
    '[',
    ']',
    '[::1]',
  ],
  [
    '_ping',
    'v1.51',
    'containers',
    'images',
    'json',
    'exec',
    'create',
    'prune',
    'info',
    'archive',
    'get',
  ],
  [
    'alpine',
    'library',
    'localhost:5000',
    'ghcr.io',
    'latest',
    'sha256:',
    'A',
    'a',
    '_',
    '-',
    '0',
    'ab12',
  ],
  ['е', '／', '．', '😀', '\u202e', '__proto__', 'constructor', 'f'.repeat(64), 'a'.repeat(129)],
].flat();

const pieces = fc
  .array(fc.constantFrom(...PIECES), { minLength: 1, maxLength: 8 })
  .map((parts) => parts.join(''));

/** Any 16-bit units, halves of pairs among them. */
const units = fc
  .array(fc.integer({ min: 0, max: 0xffff }), { maxLength: 40 })
  .map((codes) => String.fromCharCode(...codes));

const component = fc.stringMatching(/^[a-z0-9]{1,8}((\.|_|__|-{1,2})[a-z0-9]{1,8})?$/);
const hex = (length: number) =>
  fc
    .array(fc.constantFrom(...'0123456789abcdef'), { minLength: length, maxLength: length })
    .map((digits) => digits.join(''));

/** References that can be asked for, so that something gets as far as an engine. */
const references = fc.oneof(
  hex(64).map((digits) => `sha256:${digits}`),
  fc
    .tuple(
      fc.constantFrom('', 'docker.io/', 'ghcr.io/', 'localhost:5000/', '[::1]:5000/'),
      fc.array(component, { minLength: 1, maxLength: 3 }),
      fc.oneof(
        fc.constant(''),
        component.map((tag) => `:${tag}`),
        hex(64).map((digits) => `@sha256:${digits}`),
      ),
    )
    .map(([domain, path, end]) => `${domain}${path.join('/')}${end}`),
);

/** A good reference with something in it that does not belong there. */
const spoilt = fc
  .tuple(references, fc.constantFrom(...PIECES), fc.nat())
  .map(([reference, piece, place]) => {
    const at = place % (reference.length + 1);
    return reference.slice(0, at) + piece + reference.slice(at);
  });

/** Strings that try to be more than a value: paths, requests, encodings, noise, and references that are none. */
export const hostileString: fc.Arbitrary<string> = fc.oneof(
  { weight: 4, arbitrary: pieces },
  { weight: 4, arbitrary: spoilt },
  { weight: 3, arbitrary: references },
  { weight: 2, arbitrary: units },
  { weight: 2, arbitrary: fc.string({ unit: 'binary', maxLength: 40 }) },
  { weight: 1, arbitrary: fc.webUrl() },
);

/** Of what is longer, the beginning says as much. */
const LONGEST = 100_000;

/** The bad references B70 to B95. */
export const BAD_REFERENCES: readonly string[] = LISTED.flatMap(([, , texts]) =>
  texts.map((text) => text.slice(0, LONGEST)),
);
