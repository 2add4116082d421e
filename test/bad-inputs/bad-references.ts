/** 64 digits of a SHA-256 digest. */
export const HEX = 'b5bb9d8014a0f9b1d61e21e796d78dccdf1352f23cd32812f4850b878ae4944c';
/** The digest of these digits. */
export const DIGEST = `sha256:${HEX}`;

/** What is no reference: the number in the list of bad inputs of the threat model, what it is, and texts of it. */
export const BAD_REFERENCES: readonly [string, string, string[]][] = [
  ['B70', 'nothing at all', ['']],
  ['B71', 'dots', ['.', '..']],
  ['B72', 'a way to another endpoint', ['../containers/json', './containers/json']],
  ['B73', 'a way to a container', [`../containers/${HEX}`, `../containers/${HEX}/json`]],
  ['B74', 'percent-encoded ways', ['..%2finfo', '%2e%2e/x', '%2E%2E%2Fx', 'a%2Fb']],
  ['B75', 'empty components', ['a//b', '/a', 'a/', '/', '//', 'ghcr.io/', 'ghcr.io//a']],
  ['B76', 'dots further on', ['a/../../x', 'a/./b', 'a/..', 'ghcr.io/../x']],
  ['B77', 'a query', ['a?b', 'alpine?x=', '?', 'a:b?c', `a@${DIGEST}?x`]],
  ['B78', 'a fragment', ['a#b', '#', 'a:b#c']],
  ['B79', 'spaces', ['a b', ' a', 'a ', 'a: b', '\ta', 'a\u00a0b']],
  ['B80', 'NUL', ['a%00', 'a\u0000', '\u0000', 'a:\u0000']],
  ['B81', 'an upper-case path', ['a/B', 'B', 'Alpine', 'ghcr.io/A/b', 'docker.io/A']],
  ['B82', 'a URL', ['http://x/y', 'https://ghcr.io/a/b', 'docker://alpine', 'oci:alpine:3/x']],
  ['B83', 'line breaks', ['a\r\nX-Evil: 1', 'a\n', '\na', 'a:1\n', `a@${DIGEST}\n`]],
  ['B84', 'an empty tag', ['x:', 'a/b:', `x:@${DIGEST}`]],
  ['B85', 'two tags', ['x:y:z', 'a/x:y:z', 'x:1/y:2/z:3']],
  ['B86', 'a digest of the wrong length', ['x@sha256:12', `x@${DIGEST}0`, 'x@', 'x@@', '@']],
  ['B86', 'two digests', [`x@${DIGEST}@${DIGEST}`, `@${DIGEST}`]],
  ['B86', 'a digest in upper case', [`x@sha256:${HEX.toUpperCase()}`]],
  ['B87', 'a tag of 129 characters', [`a:${'t'.repeat(129)}`]],
  ['B88', 'a name of 256 characters', ['a'.repeat(256), `ghcr.io/${'g'.repeat(256)}`]],
  ['B89', 'a lone surrogate', ['\ud800', 'a\udc00', 'a/\ud800']],
  ['B90', 'what is no ASCII', ['🐳', 'a\u202eb', '\u0430lpine', 'é', 'a:é', 'ａ']],
  ['B91', 'a backslash', ['a\\b', '..\\x', '\\']],
  ['B92', 'other characters', ['a;b', 'a&b', 'a=b', 'a%b', 'a+b', '~', '*', 'a:b+c', "a'b", '"']],
  ['B93', 'misplaced separators', ['x..y', '-x', 'x-', '.x', '_x', 'x___y', 'x._y', 'a/-b', 'x.']],
  ['B94', 'sha256: and no digits', ['sha256:zz', 'sha256:', 'sha256:abc', 'sha256:latest']],
  ['B94', '65 hex digits', [`${HEX}0`, `${DIGEST}0`, 'a'.repeat(200)]],
  ['B95', '1 MB', ['a'.repeat(1_000_000), `${'a/'.repeat(500_000)}a`, `a:${'.'.repeat(1e6)}`]],
];
