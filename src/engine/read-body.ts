import type { IncomingHttpHeaders } from 'node:http';
import { EngineError } from './engine-error.ts';

/** The largest answer that is read as a whole, in bytes; lists are read row by row instead. */
const MAX_BODY_BYTES = 16 * 1024 * 1024;

/** Reads the body of a successful answer; throws EngineError for one that is not as it should be. */
export type BodyReader<Result> = (
  body: AsyncIterable<Uint8Array>,
  engine: string,
  headers: IncomingHttpHeaders,
) => Promise<Result>;

/** A whole body as text. @throws EngineError RESPONSE_TOO_LARGE */
export async function readText(body: AsyncIterable<Uint8Array>, engine: string): Promise<string> {
  const chunks: Uint8Array[] = [];
  let bytes = 0;
  for await (const chunk of body) {
    bytes += chunk.length;
    if (bytes > MAX_BODY_BYTES) {
      throw new EngineError('RESPONSE_TOO_LARGE', engine, `over ${MAX_BODY_BYTES} bytes`);
    }
    chunks.push(chunk);
  }
  return Buffer.concat(chunks, bytes).toString('utf8');
}

/** A whole body as JSON. @throws EngineError ENGINE_BAD_RESPONSE for anything else */
export async function readJson(body: AsyncIterable<Uint8Array>, engine: string): Promise<unknown> {
  const text = await readText(body, engine);
  try {
    return JSON.parse(text);
  } catch (cause) {
    throw new EngineError('ENGINE_BAD_RESPONSE', engine, 'the answer is not JSON', cause);
  }
}

/** A whole body as one JSON object. @throws EngineError ENGINE_BAD_RESPONSE for anything else */
export async function readObject(
  body: AsyncIterable<Uint8Array>,
  engine: string,
): Promise<Record<string, unknown>> {
  const json = await readJson(body, engine);
  if (typeof json !== 'object' || json === null || Array.isArray(json)) {
    throw new EngineError('ENGINE_BAD_RESPONSE', engine, 'the answer is no JSON object');
  }
  return json as Record<string, unknown>;
}
