import { isIP } from 'node:net';
import type { GivenOptions } from './given-options.ts';
import type { OptionName } from './options.ts';
import { quote } from './quote.ts';

const HOST_NAME =
  /^[A-Za-z0-9_](?:[A-Za-z0-9_-]*[A-Za-z0-9_])?(?:\.[A-Za-z0-9_](?:[A-Za-z0-9_-]*[A-Za-z0-9_])?)*$/;

/** One of the words; null, and a problem, for any other. Null alone when the option is not given. */
export function readChoice<Word extends string>(
  given: GivenOptions,
  name: OptionName,
  words: readonly Word[],
  problems: string[],
): Word | null {
  const { values: [value] = [], source } = given.get(name) ?? {};
  if (value === undefined) return null;
  const word = words.find((candidate) => candidate === value);
  if (word === undefined)
    problems.push(`${source} is ${quote(value)}. Set it to ${words.join(' or ')}.`);
  return word ?? null;
}

/** A whole number from 0 to a highest one; null, and a problem, for anything else. Null alone when not given. */
export function readNumber(
  given: GivenOptions,
  name: OptionName,
  highest: number,
  problems: string[],
): number | null {
  const { values: [value] = [], source } = given.get(name) ?? {};
  if (value === undefined) return null;
  if (/^[0-9]{1,9}$/.test(value) && Number(value) <= highest) return Number(value);
  problems.push(`${source} is ${quote(value)}. Give a whole number from 0 to ${highest}.`);
  return null;
}

/** HOST or HOST:PORT, any number of them, in lower case. */
export function readHosts(given: GivenOptions, name: OptionName, problems: string[]): string[] {
  const { values = [], source } = given.get(name) ?? {};
  return values.flatMap((value) => {
    if (isHostAndPort(value)) return [value.toLowerCase()];
    problems.push(
      `${source} is ${quote(value)}. Give a host or host:port, without scheme, path or wildcard.`,
    );
    return [];
  });
}

/** A port number of decimal digits; null for anything else. */
export function toPort(text: string): number | null {
  return /^[0-9]{1,5}$/.test(text) && Number(text) <= 65_535 ? Number(text) : null;
}

/** Whether a text is a host name or an IP address without brackets. */
export function isHost(text: string): boolean {
  return text.length <= 253 && (isIP(text) !== 0 || HOST_NAME.test(text));
}

function isHostAndPort(text: string): boolean {
  const [, ipv6, name, port] = /^(?:\[([^\]]*)\]|([^:]*))(?::(.*))?$/.exec(text) ?? [];
  const host = ipv6 === undefined ? isHost(name ?? '') : isIP(ipv6) === 6;
  return host && (port === undefined || (toPort(port) ?? 0) > 0);
}
