/** What stands where a part of a text was withheld. */
const HIDDEN = '[redacted]';

/** Words that a name of a secret ends with: DB_PASS, mysqlpwd, githubToken. */
const ENDINGS =
  /(?:pass(?:word|wd|phrase|code)?|pwd|secret|token|auth(?:orization)?|credential|cred|session(?:_?id)?|cookie|dsn|salt|jwt)s?(?:_|$)/;
/** Words that make a secret of a name wherever they stand in it. */
const PARTS =
  /password|passwd|passphrase|secret|credential|api_?key|private_?key|access_?key|auth_?key|signing_?key|encryption_?key|connection_?string/;

/** Whether a variable, label, annotation, flag or header of this name is likely to hold a secret. */
export function isSecretName(name: string): boolean {
  const words = name
    .replace(/([a-z0-9])([A-Z])/g, '$1_$2')
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '_');
  return ENDINGS.test(words) || PARTS.test(words);
}

const PRIVATE_KEY =
  /-----BEGIN [A-Z0-9 ]*PRIVATE KEY[^]*?(?:-----END [A-Z0-9 ]*PRIVATE KEY-----|$)/g;
/** user:password@ or token@ of a URL. */
const USER_INFO = /\b([a-z][a-z0-9+.-]{0,20}:\/\/)[^\s/@:'"]*(?::[^\s/@'"]*)?@/gi;
const SCHEMES = /\b(bearer|basic)\s+[A-Za-z0-9._~+/=-]{6,}/gi;
/** Tokens that their makers have given a beginning to be known by. */
const KNOWN_TOKENS =
  /\b(?:gh[pousr]_[A-Za-z0-9]{16,}|github_pat_\w{16,}|glpat-[\w-]{16,}|xox[abeoprs]-[\w-]{10,}|(?:AKIA|ASIA)[A-Z0-9]{12,}|[sr]k_(?:live|test)_\w{10,}|sk-[\w-]{16,}|npm_[A-Za-z0-9]{16,}|AIza[\w-]{20,}|hf_[A-Za-z0-9]{16,}|dckr_pat_[\w-]{10,}|dop_v1_\w{16,}|ya29\.[\w-]{16,}|SG\.[\w-]{16,}\.[\w-]{16,}|eyJ[\w-]{8,}\.[\w-]{8,}\.[\w-]*)/g;
const LONG_WORD = /[A-Za-z0-9_+=-]{24,}/g;

/** Whether a value looks like a secret, whatever it is called. */
export function isSecretValue(value: string): boolean {
  return hideForms(value) !== value;
}

/**
 * A text without what looks like a secret in it: values of secret names, parts of URLs, keys, tokens.
 * @returns the same text when there is nothing to hide
 */
export function hideSecrets(text: string): string {
  return hideForms(hideFlags(hideAssignments(text)));
}

function hideForms(text: string): string {
  return text
    .replace(PRIVATE_KEY, HIDDEN)
    .replace(USER_INFO, `$1${HIDDEN}@`)
    .replace(SCHEMES, `$1 ${HIDDEN}`)
    .replace(KNOWN_TOKENS, HIDDEN)
    .replace(LONG_WORD, (word) => (isRandom(word) ? HIDDEN : word));
}

const ASSIGNMENT =
  /(["']?)([A-Za-z_][\w.-]{0,100})\1(\s?[=:]\s?)("(?:[^"\\]|\\.)*"|'[^']*'|[^\s]+)/g;
/** BuildKit prints values with spaces and without quotes after these, so a value has no end but that of the text. */
const OPEN_END = /^(?:\/bin\/sh -c #\(nop\)\s+)?(?:ENV|ARG|LABEL)\s/;

function hideAssignments(text: string): string {
  if (OPEN_END.test(text)) {
    for (const { 2: name = '', 3: sign = '', index, 1: quote = '' } of text.matchAll(ASSIGNMENT)) {
      const end = index + 2 * quote.length + name.length + sign.length;
      if (isSecretName(name)) return `${text.slice(0, end)}${HIDDEN}`;
    }
    return text;
  }
  return text.replace(ASSIGNMENT, (whole, quote: string, name: string, sign: string) =>
    isSecretName(name) ? `${quote}${name}${quote}${sign}${HIDDEN}` : whole,
  );
}

/** In a shell's words, or in those of a JSON list, with or without a comma, as histories print them. */
const FLAG = /(--?)([A-Za-z][\w-]{0,60})(?:(\s+)([^\s"'-]\S*)|(["']\s?,?\s?["'])([^"'-][^"']*))/g;

/** --password VALUE; --password=VALUE is an assignment. */
function hideFlags(text: string): string {
  return text.replace(
    FLAG,
    (whole: string, dashes: string, name: string, space = '', _, comma = '') =>
      isSecretName(name) ? `${dashes}${name}${space}${comma}${HIDDEN}` : whole,
  );
}

/**
 * Whether a word looks like drawn by lot. Digests and revisions do too and are spared: hexadecimal of the lengths of
 * SHA-1 and its successors.
 */
function isRandom(word: string): boolean {
  if (/^[0-9a-f]+$/i.test(word))
    return ![40, 56, 64, 96, 128].includes(word.length) && word.length >= 32;
  const count = (pattern: RegExp) => word.match(pattern)?.length ?? 0;
  const isMixed = count(/[a-z]/g) >= 3 && count(/[A-Z]/g) >= 3 && count(/[0-9]/g) >= 3;
  return isMixed && entropy(word) >= 3.7;
}

/** Bits for each character (Shannon). */
function entropy(word: string): number {
  const counts = new Map<string, number>();
  for (const character of word) counts.set(character, (counts.get(character) ?? 0) + 1);
  let bits = 0;
  for (const count of counts.values()) {
    bits -= (count / word.length) * Math.log2(count / word.length);
  }
  return bits;
}
