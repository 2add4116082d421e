const MAX_SHOWN = 120;

/** A value as a problem shows it: in quotes, shortened, without what a terminal would obey or a password in a URL. */
export function quote(value: string): string {
  const shown = value
    .slice(0, MAX_SHOWN)
    .replaceAll(/[\p{Cc}\p{Cf}]/gu, '\ufffd')
    .replace(/:\/\/[^/]*@/, '://…@');
  return `"${shown}${value.length > MAX_SHOWN ? '…' : ''}"`;
}
