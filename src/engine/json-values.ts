/**
 * Readers for JSON of unknown shape. An engine may leave out, null or mistype any property; each reader
 * answers with the value when it has the expected type and with the stated default otherwise.
 */
export type Json = Readonly<Record<string, unknown>>;

/** The value itself when it is a JSON object, else an empty one. */
export function asObject(value: unknown): Json {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
    ? (value as Json)
    : {};
}

/** The value itself when it is a JSON object, else null. */
export function asObjectOrNull(value: unknown): Json | null {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
    ? (value as Json)
    : null;
}

/** The strings of an array; [] for anything else. */
export function asStrings(value: unknown): string[] {
  return Array.isArray(value) ? value.filter((item) => typeof item === 'string') : [];
}

/** The texts of an array; null when it is none, where engines tell "not set" from "empty". */
export function asStringsOrNull(value: unknown): string[] | null {
  return Array.isArray(value) ? asStrings(value) : null;
}

/** A string that says something; null for an empty one. */
export function asText(value: unknown): string | null {
  return typeof value === 'string' && value !== '' ? value : null;
}

/** A number of bytes or things: a whole number from 0 to 2^53-1; null for -1 and other sentinels. */
export function asCount(value: unknown): number | null {
  return typeof value === 'number' && Number.isSafeInteger(value) && value >= 0 ? value : null;
}
