/**
 * Loads many images into the engine for benchmarks, or writes them as an archive:
 * `tsx test/engines/load-many.ts [COUNT]` or `tsx test/engines/load-many.ts COUNT FILE`.
 */
import { createWriteStream } from 'node:fs';
import { PassThrough } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { pack } from 'tar-stream';
import { callEngine } from './api.ts';
import { cliLines } from './cli.ts';
import { findEngine, type TestEngine } from './engine-list.ts';
import { type LayoutImage, writeLayout } from './layout.ts';
import { IMAGES_A_BASE, manyImages } from './many-images.ts';

/** A load is mostly a wait for containerd's disk and locks: so many at once take half as long as one. */
const LOADS = 4;

/** Writes an archive of so many images, or of those given, which both Docker and the embedded engine read. */
export async function writeMany(
  file: string,
  count: number,
  images: AsyncIterable<LayoutImage> = manyImages(count),
): Promise<void> {
  const tar = pack();
  const written = writeLayout(tar, images);
  await Promise.all([written, pipeline(tar, createWriteStream(file))]);
}

/** Sees to it that the engine for benchmarks holds so many images, and says at which URL it is. */
export async function loadMany(count: number): Promise<string> {
  const engine = await findEngine('docker-28-bench');
  if (engine === undefined) {
    throw new Error('The engine for benchmarks is not up: bash test/engines/engines.sh up bench');
  }
  const held = await cliLines(engine, ['images', '-q']);
  if (held.length < count) {
    const parts = Array.from({ length: LOADS }, (_, part) => partOf(count, part));
    await Promise.all(parts.map((images) => load(engine, images)));
  }
  return engine.url;
}

/** Images of one base stay together: what they share is written once. */
async function* partOf(count: number, part: number): AsyncGenerator<LayoutImage> {
  let number = 0;
  for await (const image of manyImages(count)) {
    if (Math.floor(number / IMAGES_A_BASE) % LOADS === part) yield image;
    number += 1;
  }
}

async function load({ url }: TestEngine, images: AsyncIterable<LayoutImage>): Promise<void> {
  const tar = pack();
  const body = tar.pipe(new PassThrough());
  const [answer] = await Promise.all([
    callEngine(url, '/v1.51/images/load?quiet=1', { method: 'POST', body }),
    writeLayout(tar, images),
  ]);
  if (answer.status !== 200 || answer.body.includes('"error"')) throw new Error(answer.body);
}

if (import.meta.filename === process.argv[1]) {
  const [count = '1000', file] = process.argv.slice(2);
  if (file === undefined) process.stdout.write(`loaded: ${await loadMany(Number(count))}\n`);
  else await writeMany(file, Number(count));
}
