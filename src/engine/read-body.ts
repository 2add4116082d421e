import type { IncomingHttpHeaders } from 'node:http';
import { EngineError } from './engine-error.ts';
import { hasTooManyValues } from './json-size.ts';
import { asObjectOrNull, type Json } from './json-values.ts';

const MEBIBYTE = 1024 * 1024;
/** What one image or container, or what an engine says of itself, has at most in bytes; lists are read row by row instead. */
const MAX_BYTES = 4 * MEBIBYTE;
/** The same of what tells of many things at once: /system/df, attestations. */
const MAX_BYTES_OF_MANY = 16 * MEBIBYTE;

type Body = AsyncIterable<Uint8Array>;

/** Reads the body of a successful answer; throws EngineError for one that is not as it should be. */
export type BodyReader<Result> = (
  body: Body,
  engine: string,
  headers: IncomingHttpHeaders,
) => Promise<Result>;

/** A whole body as JSON. @throws EngineError ENGINE_BAD_RESPONSE for anything else, RESPONSE_TOO_LARGE */
export const readJson = (body: Body, engine: string): Promise<unknown> =>
  parsed(body, engine, MAX_BYTES);

/** readJson for what tells of many things at once. */
export const readLargeJson = (body: Body, engine: string): Promise<unknown> =>
  parsed(body, engine, MAX_BYTES_OF_MANY);

/** A whole body as one JSON object. @throws EngineError ENGINE_BAD_RESPONSE for anything else, RESPONSE_TOO_LARGE */
export const readObject = async (body: Body, engine: string): Promise<Json> =>
  objectOf(await readJson(body, engine), engine);

/** readObject for what tells of many things at once. */
export const readLargeObject = async (body: Body, engine: string): Promise<Json> =>
  objectOf(await readLargeJson(body, engine), engine);

async function parsed(body: Body, engine: string, maxBytes: number): Promise<unknown> {
  const bytes = await readBytes(body, engine, maxBytes);
  if (hasTooManyValues(bytes, maxBytes)) {
    throw new EngineError('RESPONSE_TOO_LARGE', engine, 'too many values in one answer');
  }
  try {
    return JSON.parse(bytes.toString('utf8'));
  } catch (cause) {
    throw new EngineError('ENGINE_BAD_RESPONSE', engine, 'the answer is not JSON', cause);
  }
}

function objectOf(json: unknown, engine: string): Json {
  const object = asObjectOrNull(json);
  if (object !== null) return object;
  throw new EngineError('ENGINE_BAD_RESPONSE', engine, 'the answer is no JSON object');
}

/** A whole body. @throws EngineError RESPONSE_TOO_LARGE */
export async function readBytes(body: Body, engine: string, maxBytes: number): Promise<Buffer> {
  const chunks: Uint8Array[] = [];
  let length = 0;
  for await (const chunk of body) {
    length += chunk.length;
    if (length > maxBytes) {
      throw new EngineError('RESPONSE_TOO_LARGE', engine, `over ${maxBytes} bytes`);
    }
    chunks.push(chunk);
  }
  return Buffer.concat(chunks, length);
}

/** The beginning of a body as text; the rest, if there is any, is not read. */
export async function readStart(body: Body, maxBytes: number): Promise<string> {
  const chunks: Uint8Array[] = [];
  let length = 0;
  for await (const chunk of body) {
    chunks.push(chunk);
    length += chunk.length;
    if (length > maxBytes) break;
  }
  // A copy: a part of a text, as V8 makes it, would keep the whole.
  return Buffer.concat(chunks, length).toString('utf8', 0, maxBytes);
}
