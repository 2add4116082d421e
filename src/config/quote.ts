import { hideSecrets } from '../engine/secret-forms.ts';

const MAX_SHOWN = 120;
/** A word that is perhaps a token: given in place of its file, it would stand in the log. */
const LONG_WORD = /^(?=[^]*\d)[\w+/=-]{32,}$/;

/** A value as a problem shows it: in quotes, without a password or a token, without what a terminal would obey, shortened. */
export function quote(value: string): string {
  // Before it is cut: the @ by which a password is known may be further on.
  const open = LONG_WORD.test(value) && !value.startsWith('/') ? '…' : value;
  const shown = withoutCredentials(hideSecrets(open)).replaceAll(/[\p{Cc}\p{Cf}]/gu, '\ufffd');
  return `"${shown.slice(0, MAX_SHOWN)}${shown.length > MAX_SHOWN ? '…' : ''}"`;
}

/**
 * Hides what stands before the last @, but for an engine's name and a scheme: a password may have slashes and further @ in it,
 * and who forgets the scheme has given a password all the same.
 */
function withoutCredentials(value: string): string {
  return value.replace(/^((?:[\w.-]+=)?[a-z][a-z0-9+.-]*:\/\/)?[^]*@/i, '$1…@');
}
