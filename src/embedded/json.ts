/** A JSON object of which nothing is known yet. */
export type Json = Readonly<Record<string, unknown>>;

const EMPTY: Json = {};

/** The value itself when it is a JSON object, else null. */
export function asObjectOrNull(value: unknown): Json | null {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
    ? (value as Json)
    : null;
}

/** The value itself when it is a JSON object, else an empty one. */
export function asObject(value: unknown): Json {
  return asObjectOrNull(value) ?? EMPTY;
}

/** The value itself when it is a text, else an empty one. */
export function asText(value: unknown): string {
  return typeof value === 'string' ? value : '';
}

/** The value itself when it is an array, else an empty one. */
export function asArray(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : [];
}

/** The texts among the elements of an array. */
export function asTexts(value: unknown): readonly string[] {
  return asArray(value).filter((item) => typeof item === 'string');
}

/** A number of bytes; 0 for anything that cannot be one. */
export function asSize(value: unknown): number {
  return Number.isSafeInteger(value) && (value as number) > 0 ? (value as number) : 0;
}

/** The entries of an object whose values are texts, as labels and annotations are. */
export function asTextMap(value: unknown): Readonly<Record<string, string>> {
  const entries = Object.entries(asObject(value)).filter(([, text]) => typeof text === 'string');
  return Object.fromEntries(entries) as Record<string, string>;
}
