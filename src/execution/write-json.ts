import type { Size } from './execution.ts';

/** Writes a part of an answer, counted. @throws what its size ends with */
export function writeJson(value: unknown, size: Size): string {
  const text = toText(value, size);
  size.wrote(text.length);
  return text;
}

function toText(value: unknown, size: Size): string {
  try {
    return JSON.stringify(value);
  } catch (error) {
    // More than a string can hold.
    if (error instanceof RangeError) size.wrote(Infinity);
    throw error;
  }
}
