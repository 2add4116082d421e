import { HIDDEN, hideCommands } from './command-secrets.ts';
import { isRandom } from './random-word.ts';

/** In characters. Longer texts, and more of them in one place, are not searched but hidden whole. */
export const MAX_SEARCHED = 128 * 1024;

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
/**
 * user:password@ or token@ of a URL; git@ is a user that everybody knows. A slash is of a password where what stands before it
 * is no port.
 */
const USER_INFO =
  /\b([a-z][a-z0-9+.-]{0,20}:\/\/)(?!git@[^\s/@'"]*(?:[\s/'"]|$))(?:[^\s/'"]*|[^\s/@:'"]{1,100}:(?!\d{1,5}\/|\$)[^\s@'"]{1,100})@/gi;
/** user:password@ of MySQL's drivers for Go. It begins where a word does, so that long ones are read once. */
const DRIVER_USER = /(?<![^\s"'])([^\s:"']+:)[^\s"']+(?=@(?:tcp|unix)\()/g;
/** <password>X</password> */
const ELEMENT = /(<([A-Za-z][\w.-]{0,100})(?:\s[^<>]{0,100})?>)[^<]+(?=<\/\2>)/g;
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
    .replace(DRIVER_USER, `$1${HIDDEN}`)
    .replace(ELEMENT, (all, tag: string, name: string) =>
      isSecretName(name) ? `${tag}${HIDDEN}` : all,
    )
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
const OPEN_END = /^(?:\/bin\/sh -c #\(nop\)\s+)?(?:ONBUILD\s+)?(?:ENV|ARG|LABEL)\s/;
/** ENV NAME VALUE, as instructions may be written without a sign. */
const SPACED = new RegExp(`${OPEN_END.source}\\s*([A-Za-z_][\\w.-]{0,100})\\s+(?=[^\\s=:])`);
/** Spaces before a value; not where it is empty and another assignment comes next. */
const GAP = /[ \t]{1,4}(?=\S)(?![\w.-]{1,100}=[^\s=])/y;

function hideAssignments(text: string): string {
  const [instruction = '', spaced = ''] = SPACED.exec(text) ?? [];
  if (isSecretName(spaced)) return `${instruction}${HIDDEN}`;
  const isOpen = OPEN_END.test(text);
  let shown = '';
  let from = 0;
  ASSIGNED.lastIndex = 0;
  for (let found = ASSIGNED.exec(text); found !== null; found = ASSIGNED.exec(text)) {
    const [, name = '', quote = ''] = found;
    const start = found.index - name.length;
    // What stands before is a value, which may look like a name.
    if (start < from || !isSecretName(name)) continue;
    const begin = ASSIGNED.lastIndex;
    const end = endOfValue(text, begin, isOpen || beginsLine(text, start - quote.length));
    if (end === begin) continue;
    shown += `${text.slice(from, begin)}${HIDDEN}`;
    if (isOpen) return shown;
    from = ASSIGNED.lastIndex = end;
  }
  return shown + text.slice(from);
}

/** Of a file of settings, perhaps as a shell's argument. In a command, NAME= is empty and what follows is no value. */
function beginsLine(text: string, at: number): boolean {
  return at === 0 || /["'\n]/.test(text.charAt(at - 1));
}

/** @returns where the value ends that begins here, which is here when there is none */
function endOfValue(text: string, begin: number, mayBeApart: boolean): number {
  GAP.lastIndex = begin;
  VALUE.lastIndex = mayBeApart && GAP.test(text) ? GAP.lastIndex : begin;
  return VALUE.test(text) ? VALUE.lastIndex : begin;
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
