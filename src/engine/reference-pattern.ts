import { canonicalName, familiarName, type ParsedName } from './reference.ts';

const MAX_PATTERN_LENGTH = 256;

/** Matches one character, or, as a star, any number of them. */
type Token = { readonly star: true } | { readonly star: false; accepts(char: string): boolean };

/**
 * Compiles a pattern of docker image ls --filter reference=…: Go's path.Match over name, name:tag and
 * name@digest in familiar and canonical spelling. * and ? stop at a slash, [a-z] and [^a-z] are classes
 * (which may match one, as in Go), a backslash takes the next character as it is. Null for a malformed pattern.
 */
export function compileReferencePattern(pattern: string): ((name: ParsedName) => boolean) | null {
  if (pattern.length === 0 || pattern.length > MAX_PATTERN_LENGTH) return null;
  const tokens = tokenize([...pattern]);
  if (tokens === null) return null;
  return (name) => spellings(name).some((text) => matches(tokens, text));
}

/** A name is compared with many patterns, and lives as long as its image. */
const spelled = new WeakMap<ParsedName, readonly string[]>();

function spellings(name: ParsedName): readonly string[] {
  const known = spelled.get(name);
  if (known !== undefined) return known;
  const { domain, path, tag, digest } = name;
  const bases = new Set([familiarName(domain, path), canonicalName(domain, path)]);
  const all = [...bases].flatMap((base) => [
    base,
    ...(tag === null ? [] : [`${base}:${tag}`]),
    ...(digest === null ? [] : [`${base}@${digest}`]),
  ]);
  spelled.set(name, all);
  return all;
}

function tokenize(chars: readonly string[]): Token[] | null {
  const tokens: Token[] = [];
  for (let at = 0; at < chars.length;) {
    const token = tokenAt(chars, at);
    if (token === null) return null;
    tokens.push(token.token);
    at = token.next;
  }
  return tokens;
}

function tokenAt(chars: readonly string[], at: number): { token: Token; next: number } | null {
  const char = chars[at];
  if (char === '*') return { token: { star: true }, next: at + 1 };
  if (char === '?') return { token: { star: false, accepts: (c) => c !== '/' }, next: at + 1 };
  if (char === '[') return classAt(chars, at + 1);
  const literal = char === '\\' ? chars[at + 1] : char;
  if (literal === undefined) return null;
  return {
    token: { star: false, accepts: (c) => c === literal },
    next: at + (char === '\\' ? 2 : 1),
  };
}

/** A character class; at least one range, ended by a bracket that is not the first. */
function classAt(chars: readonly string[], start: number): { token: Token; next: number } | null {
  const negated = chars[start] === '^';
  const ranges: (readonly [string, string])[] = [];
  let at = negated ? start + 1 : start;
  while (chars[at] !== ']' || ranges.length === 0) {
    const low = classChar(chars, at);
    if (low === null) return null;
    const high = chars[low.next] === '-' ? classChar(chars, low.next + 1) : low;
    if (high === null) return null;
    ranges.push([low.char, high.char]);
    at = high.next;
  }
  const within = (c: string) => ranges.some(([low, high]) => low <= c && c <= high);
  return { token: { star: false, accepts: (c) => within(c) !== negated }, next: at + 1 };
}

function classChar(chars: readonly string[], at: number): { char: string; next: number } | null {
  const escaped = chars[at] === '\\';
  const char = chars[escaped ? at + 1 : at];
  if (char === undefined || (!escaped && (char === '-' || char === ']'))) return null;
  return { char, next: at + (escaped ? 2 : 1) };
}

/** Goes back to the last star only, as Go does, so the work is at most pattern times text however many stars there are. */
function matches(tokens: readonly Token[], text: string): boolean {
  let token = 0;
  let at = 0;
  let retry: { token: number; at: number } | null = null;
  while (at < text.length || token < tokens.length) {
    const current = tokens[token];
    if (current?.star) {
      retry = { token: token++, at };
    } else if (at < text.length && current?.accepts(text[at] as string)) {
      token++;
      at++;
    } else if (retry !== null && retry.at < text.length && text[retry.at] !== '/') {
      retry = { token: retry.token, at: retry.at + 1 };
      token = retry.token + 1;
      at = retry.at;
    } else return false;
  }
  return true;
}
