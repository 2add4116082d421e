import { tarOf } from './archive.ts';
import { filler } from './builder.ts';
import type { LayoutImage } from './layout.ts';

/** How many images stand on one base, where nothing else is asked for. */
export const IMAGES_A_BASE = 50;

/**
 * Many small images, each of 4 layers: a base that fifty share, a runtime that ten share, a library that
 * two share, and one of its own; with the labels that images have nowadays.
 */
export async function* manyImages(
  count: number,
  imagesABase = IMAGES_A_BASE,
): AsyncGenerator<LayoutImage> {
  const shared = new Map<string, Promise<Buffer>>();
  const layer = (name: string, kibibytes: number): Promise<Buffer> => {
    const made = shared.get(name) ?? layerOf(name, kibibytes);
    shared.set(name, made);
    return made;
  };
  for (let number = 0; number < count; number++) {
    const base = Math.floor(number / imagesABase);
    if (number % imagesABase === 0) shared.clear();
    const layers = [
      await layer(`base-${base}`, 4),
      await layer(`runtime-${Math.floor(number / 10)}`, 2),
      await layer(`library-${Math.floor(number / 2)}`, 1),
      await layer(`app-${number}`, 1),
    ];
    yield {
      name: `docker.io/many/app-${number}:1.${number % 7}`,
      labels: labelsOf(number),
      layers,
    };
  }
}

/** So many images that all stand on one base, and that base itself: many/base:1. */
export async function* onOneBase(count: number): AsyncGenerator<LayoutImage> {
  yield { name: 'docker.io/many/base:1', labels: {}, layers: [await layerOf('base-0', 4)] };
  yield* manyImages(count, count);
}

function layerOf(name: string, kibibytes: number): Promise<Buffer> {
  return tarOf({ [`layers/${name}`]: filler(name, kibibytes) });
}

function labelsOf(number: number): Record<string, string> {
  const label = 'org.opencontainers.image';
  return {
    [`${label}.title`]: `app-${number}`,
    [`${label}.version`]: `1.${number % 7}`,
    [`${label}.revision`]: number.toString(16).padStart(40, '0'),
    [`${label}.source`]: `https://git.example.com/many/app-${number}`,
    team: `team-${number % 20}`,
  };
}
