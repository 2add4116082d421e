import { asObjectOrNull, asTexts } from './json.ts';
import { Refusal } from './refusal.ts';

/** What GET /events is asked for. */
export interface EventQuery {
  /** Nanoseconds since 1970, inclusive; null when it is not given. */
  readonly since: bigint | null;
  /** As since; the stream ends then. */
  readonly until: bigint | null;
  /** Whether events on images with this action are wanted. */
  readonly includes: (action: string) => boolean;
}

const NANO_DIGITS = 9;
const TIME = /^([+-]?\d{1,12})(?:\.(\d{1,18}))?$/;

/** Reads since, until and filters. @throws Refusal 400 for what cannot be understood */
export function toEventQuery(query: URLSearchParams): EventQuery {
  const since = toTime(query, 'since');
  const until = toTime(query, 'until');
  if (since !== null && until !== null && until < since) {
    throw new Refusal(400, '`since` time cannot be after `until` time');
  }
  const filters = toFilters(query.get('filters'));
  const passes = (key: string, value: string) => {
    const wanted = filters.get(key) ?? [];
    return wanted.length === 0 || wanted.includes(value);
  };
  return {
    since,
    until,
    includes: (action) => passes('type', 'image') && passes('event', action),
  };
}

/** Unix seconds, perhaps with a fraction. Dates are made into that by Docker's own client. */
function toTime(query: URLSearchParams, key: 'since' | 'until'): bigint | null {
  const text = query.get(key) ?? '';
  if (text === '') return null;
  const [, seconds, fraction = ''] = TIME.exec(text) ?? [];
  if (seconds === undefined) throw new Refusal(400, `invalid value for ${key}: not a Unix time`);
  const nanos = fraction.slice(0, NANO_DIGITS).padEnd(NANO_DIGITS, '0');
  return BigInt(seconds) * 1_000_000_000n + BigInt(nanos);
}

/** Values by key, given as {"key": ["value"]} or as {"key": {"value": true}}. */
function toFilters(text: string | null): Map<string, readonly string[]> {
  if (text === null || text === '') return new Map();
  const json = asObjectOrNull(parseOrNull(text));
  if (json === null) throw new Refusal(400, 'invalid filter');
  return new Map(Object.entries(json).map(([key, values]) => [key, toValues(values)]));
}

function toValues(values: unknown): readonly string[] {
  if (typeof values !== 'object') throw new Refusal(400, 'invalid filter');
  if (!Array.isArray(values)) return Object.keys(values ?? {});
  const texts = asTexts(values);
  if (texts.length < values.length) throw new Refusal(400, 'invalid filter');
  return texts;
}

function parseOrNull(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}
