/** What stands where a part of a text was withheld. */
export const HIDDEN = '[redacted]';

/**
 * What commands take a password by, without a name that says so. What has no bound of length begins where a word does: from
 * each character of a long word it would take its length squared.
 */
const COMMANDS: readonly RegExp[] = [
  /(\s(?:-u|-U|--user|--proxy-user)[\s=]\s?["']?(?!\d+:\d+(?:\s|$))[^\s:"']{1,100}:)[^\s"']+/g,
  // -sSubob:X: flags of one letter may be together, and have their value without a space.
  /(\bcurl\b[^&|;\n]{0,200}?\s-[fikLsSv]{0,6}u\s?["']?[^\s:"']{1,100}:)[^\s"']+/g,
  /(\blogin\b[^&|;\n]{0,200}?\s-p[\s=])\S+/g,
  // Of these programs alone: elsewhere -port and -profile are flags.
  /(\b(?:docker|podman|nerdctl|buildah|skopeo|helm|oras)\slogin\b[^&|;\n]{0,200}?\s-p)[^\s=]\S*/g,
  /(\bsshpass\s-p\s?)\S+/g,
  /(\b(?:mysql|mysqladmin|mysqldump|mariadb)\b[^&|;\n]{0,200}?\s-p)[^\s-]\S*/g,
  /(\bhtpasswd\s-\w{0,5}b\w{0,5}\s\S{1,200}\s\S{1,100}\s)\S+/g,
  /(?<![^\s"'|])([^\s:"'|]+:)[^\s"'|]+(?=["']?\s?\|\s?chpasswd)/g,
  // A line of .netrc, also as echo writes it.
  /(\b(?:machine(?:\s|\\n){1,8}[^\s\\]{1,255}|default)(?:\s|\\n){1,8}login(?:\s|\\n){1,8}[^\s\\]{1,100}(?:\s|\\n){1,8}password(?:\s|\\n){1,8})[^\s\\"']+/g,
];

const HAS_COMMAND = /\s-[uU][\s=]|-user|curl|login|sshpass|mysql|mariadb|htpasswd|chpasswd/;

/** A text without the passwords that commands in it are given. */
export function hideCommands(text: string): string {
  if (!HAS_COMMAND.test(text)) return text;
  return COMMANDS.reduce((shown, command) => shown.replace(command, `$1${HIDDEN}`), text);
}
