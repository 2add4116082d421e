/** In characters. Longer texts, and more of them in one place, are not searched but hidden whole. */
export const MAX_SEARCHED = 128 * 1024;

/** What stands where a part of a text was withheld. */
const HIDDEN = '[redacted]';

/** Words that a name of a secret ends with, with or without a number: DB_PASS, mysqlpwd, githubToken, TOKEN1. */
const ENDINGS =
  /(?:pass(?:word|wd|phrase|code)?|pwd|secret|token|auth(?:orization)?|credential|cred|cookie|dsn|jwt|(?:^|_)(?:pw|pat|salt|session(?:_?id)?))s?\d*(?:_|$)/;
/** Words that make a secret of a name wherever they stand in it. */
const PARTS =
  /password|passwd|passphrase|secret|credential|connection_?string|(?:access|account|api|app|auth|deploy|encryption|hmac|license|master|private|shared|signing|ssh|storage)_?key/;
/** Names that have such a word and hold none: the shell's own, sockets, counts, places of files, what is switched off. */
const HARMLESS =
  /^(?:old)?pwd$|^compass|^bypass|^(?:max|num)_|^(?:no|skip|disabled?|with|without)_|ssh_auth_sock|session_bus_address|_(?:stdin|file|path|dir)$/;

/** Whether a variable, label, annotation, flag or header of this name is likely to hold a secret. */
export function isSecretName(name: string): boolean {
  const words = name
    .replace(/([a-z0-9])([A-Z])/g, '$1_$2')
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '_');
  return !HARMLESS.test(words) && (ENDINGS.test(words) || PARTS.test(words));
}

const PRIVATE_KEY =
  /-----BEGIN [A-Z0-9 ]*PRIVATE KEY[^]*?(?:-----END [A-Z0-9 ]*PRIVATE KEY-----|$)/g;
/** user:password@ or token@ of a URL; git@ is a user that everybody knows. */
const USER_INFO = /\b([a-z][a-z0-9+.-]{0,20}:\/\/)(?!git@)[^\s/@:'"]*(?::[^\s/@'"]*)?@/gi;
/** Words of prose may stand after these; tokens have digits, padding or letters of both cases. */
const SCHEMES =
  /\b([Bb]earer|BEARER|[Bb]asic|BASIC|[Aa]pi[Kk]ey)\s{1,4}(?=[\w.~+/-]*(?:[\d=]|[a-z][A-Z]))[\w.~+/=-]{6,}/g;
/** Tokens that their makers have given a beginning to be known by. */
const KNOWN_TOKENS =
  /\b(?:gh[pousr]_[A-Za-z0-9]{16,}|github_pat_\w{16,}|gl(?:pat|dt|ptt|rt)-[\w-]{16,}|xox[abeoprs]-[\w-]{10,}|(?:AKIA|ASIA)[A-Z0-9]{12,}|[srp]k_(?:live|test)_\w{10,}|whsec_\w{10,}|sk-[\w-]{16,}|gsk_\w{16,}|nvapi-[\w-]{16,}|npm_[A-Za-z0-9]{16,}|pypi-[\w-]{16,}|AIza[\w-]{20,}|hf_[A-Za-z0-9]{16,}|hvs\.[\w-]{16,}|dckr_[po]at_[\w-]{10,}|dop_v1_\w{16,}|shp(?:at|ss)_\w{16,}|ATATT[\w=-]{16,}|AGE-SECRET-KEY-1[A-Z0-9]{16,}|ya29\.[\w-]{16,}|SG\.[\w-]{16,}\.[\w-]{16,}|eyJ[\w-]{16,}(?:\.[\w-]*){0,2})/g;
/** Without the sign of an assignment: a name and its digest are no word. */
const LONG_WORD = /[A-Za-z0-9_+-]{24,}={0,2}/g;

/** Whether a value has something in it that looks like a secret, whatever the value itself is called. */
export function isSecretValue(value: string): boolean {
  return hideSecrets(value) !== value;
}

/**
 * A text without what looks like a secret in it: values of secret names, parts of URLs, keys, tokens.
 * @returns the same text when there is nothing to hide
 */
export function hideSecrets(text: string): string {
  if (text.length > MAX_SEARCHED) return HIDDEN;
  return hideForms(hideCommands(hideFlags(hideAssignments(text))));
}

function hideForms(text: string): string {
  return text
    .replace(PRIVATE_KEY, HIDDEN)
    .replace(USER_INFO, `$1${HIDDEN}@`)
    .replace(SCHEMES, `$1 ${HIDDEN}`)
    .replace(KNOWN_TOKENS, HIDDEN)
    .replace(LONG_WORD, (word) => (isRandom(word) ? HIDDEN : word));
}

/**
 * The sign after a name, in shells, URLs, headers, YAML, JSON and connection strings. It looks back from the sign: to look
 * for one after each character of a long word takes a hundred times as long.
 */
const ASSIGNED =
  /(?=[=:\s])(?<=\2([A-Za-z_][\w.-]{0,100})((?:\\?["'])?))(?:=|\s{0,4}:\s{0,4}|\s{1,4}=\s{1,4})/g;
/** A value: quoted, or up to the next space, whatever is in it. */
const VALUE =
  /\\"[^"\\]*\\"|"(?:[^"\\]|\\.)*"|'[^']*'|(?:(?:basic|bearer|digest|negotiate|token)\s+)?\S+/iy;
/** BuildKit prints values with spaces and without quotes after these, so a value has no end but that of the text. */
const OPEN_END = /^(?:\/bin\/sh -c #\(nop\)\s+)?(?:ENV|ARG|LABEL)\s/;

function hideAssignments(text: string): string {
  const isOpen = OPEN_END.test(text);
  let shown = '';
  let from = 0;
  ASSIGNED.lastIndex = 0;
  for (let found = ASSIGNED.exec(text); found !== null; found = ASSIGNED.exec(text)) {
    const [, name = ''] = found;
    // What stands before is a value, which may look like a name.
    if (found.index - name.length < from || !isSecretName(name)) continue;
    VALUE.lastIndex = ASSIGNED.lastIndex;
    const value = VALUE.exec(text)?.[0] ?? '';
    if (value === '') continue;
    shown += `${text.slice(from, ASSIGNED.lastIndex)}${HIDDEN}`;
    if (isOpen) return shown;
    from = ASSIGNED.lastIndex += value.length;
  }
  return shown + text.slice(from);
}

/** What commands take a password by, without a name that says so. */
const COMMANDS: readonly RegExp[] = [
  /(\s(?:-u|-U|--user|--proxy-user)[\s=]\s?["']?(?!\d+:\d+(?:\s|$))[^\s:"']{1,100}:)[^\s"']+/g,
  /(\blogin\b[^&|;\n]{0,200}?\s-p[\s=])\S+/g,
  /(\bsshpass\s-p\s?)\S+/g,
  /(\b(?:mysql|mysqladmin|mysqldump|mariadb)\b[^&|;\n]{0,200}?\s-p)[^\s-]\S*/g,
  /(\bhtpasswd\s-\w{0,5}b\w{0,5}\s\S{1,200}\s\S{1,100}\s)\S+/g,
  /(:)(?<=[^\s:"']:)[^\s"'|]{1,200}(?=["']?\s?\|\s?chpasswd)/g,
];

const HAS_COMMAND = /\s-[uU][\s=]|-user|login|sshpass|mysql|mariadb|htpasswd|chpasswd/;

function hideCommands(text: string): string {
  if (!HAS_COMMAND.test(text)) return text;
  return COMMANDS.reduce((shown, command) => shown.replace(command, `$1${HIDDEN}`), text);
}

/** In a shell's words, or in those of a JSON list, with or without a comma, as histories print them. */
const FLAG = /--?([A-Za-z][\w.-]{0,60})(?:\s+|["']\s?,?\s?["'])/g;
const QUOTED_VALUE = /[^"'-][^"']*/y;
const FLAG_VALUE = /"[^"]*"|'[^']*'|[^\s"'-][^\s"']*/y;

/** --password VALUE; --password=VALUE is an assignment. */
function hideFlags(text: string): string {
  let shown = '';
  let from = 0;
  FLAG.lastIndex = 0;
  for (let found = FLAG.exec(text); found !== null; found = FLAG.exec(text)) {
    if (!isSecretName(found[1] ?? '')) continue;
    // In a list the quote has begun already.
    const pattern = /["']$/.test(found[0]) ? QUOTED_VALUE : FLAG_VALUE;
    pattern.lastIndex = FLAG.lastIndex;
    const value = pattern.exec(text)?.[0] ?? '';
    if (value === '') continue;
    shown += `${text.slice(from, FLAG.lastIndex)}${HIDDEN}`;
    from = FLAG.lastIndex += value.length;
  }
  return shown + text.slice(from);
}

/**
 * Whether a word looks like drawn by lot. Digests and revisions do too and are spared: hexadecimal of the lengths of
 * SHA-1 and its successors.
 */
function isRandom(word: string): boolean {
  if (/^[0-9a-f]+$/i.test(word))
    return ![40, 56, 64, 96, 128].includes(word.length) && word.length >= 32;
  const count = (pattern: RegExp) => word.match(pattern)?.length ?? 0;
  // Names of packages and files are long too, and made of words and numbers.
  const parts = word.split(/[-_+]/);
  const plain = parts.filter((part) => /^(?:[A-Z]?[a-z]+|[A-Z]+|\d+)$/.test(part));
  if (parts.length >= 4 && plain.length * 2 >= parts.length) return false;
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
