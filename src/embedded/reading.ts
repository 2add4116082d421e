import { type Catalogue, createCatalogue } from './catalogue.ts';
import { type Opened, type Overview, toUnreadable } from './opened.ts';

/** A layout or archive as it is read once; each part of it when it is first asked for. */
export interface Reading {
  /** Readings that begin later have higher numbers. */
  readonly number: number;
  /** The stamp of the source when it began. */
  readonly stamp: string;
  /** A failure is not kept: the files may be whole again before their times differ. */
  hasFailed(): boolean;
  /** @throws UnreadableContent */
  overview(): Promise<Overview>;
  /** @throws UnreadableContent */
  catalogue(): Promise<Catalogue>;
}

/** Begins to read what is being opened. */
export function createReading(number: number, stamp: string, opening: Promise<Opened>): Reading {
  let isFailed = false;
  let images: number | null = null;
  let catalogue: Promise<Catalogue> | null = null;

  function fail(error: unknown): never {
    isFailed = true;
    throw toUnreadable(error);
  }

  const opened = opening.catch(fail);
  async function readImages(): Promise<Catalogue> {
    const { content, read } = await opened;
    const catalogue = createCatalogue(content, await read());
    images = catalogue.images.length;
    return catalogue;
  }

  return {
    number,
    stamp,
    hasFailed: () => isFailed,
    async overview() {
      const { driver, images: named } = await opened;
      // A bad image of an archive is left out, which is known only when it was read.
      return { driver, images: images ?? named };
    },
    catalogue: () => (catalogue ??= readImages().catch(fail)),
  };
}
