import type { ImageRow, Platform } from '../engine/image-row.ts';
import { canonicalName, parseEngineDigest, parseEngineTag } from '../engine/reference.ts';
import { digestOf } from './image-names.ts';
import { availablePlatforms } from './image-platforms.ts';
import type { DigestReference, Image, ImageView, Manifest, TagReference } from './image-view.ts';

/** What is derived from a row is made when it is first asked for. A class: thousands are made in one go. */
export class ViewedImage implements Image {
  readonly engine: string;
  readonly row: ImageRow;
  readonly view: ImageView;
  #tags: readonly TagReference[] | undefined;
  #digests: readonly DigestReference[] | undefined;
  #manifests: readonly Manifest[] | null | undefined;
  #platforms: readonly Platform[] | null | undefined;

  constructor(row: ImageRow, view: ImageView) {
    this.engine = view.engine;
    this.row = row;
    this.view = view;
  }

  get tags(): readonly TagReference[] {
    return (this.#tags ??= this.row.tags.map((reference) => toTagReference(reference, this)));
  }

  get digests(): readonly DigestReference[] {
    return (this.#digests ??= this.row.digests.map((text) => toDigestReference(text, this)));
  }

  get manifests(): readonly Manifest[] | null {
    if (this.#manifests !== undefined) return this.#manifests;
    return (this.#manifests = this.row.manifests?.map((row) => ({ row, image: this })) ?? null);
  }

  get platforms(): readonly Platform[] | null {
    if (this.#platforms !== undefined) return this.#platforms;
    return (this.#platforms = availablePlatforms(this.row));
  }
}

function toTagReference(reference: string, image: Image): TagReference {
  const name = parseEngineTag(reference);
  const canonicalReference =
    name === null ? null : `${canonicalName(name.domain, name.path)}:${name.tag ?? ''}`;
  return { reference, name, canonicalReference, image };
}

function toDigestReference(reference: string, image: Image): DigestReference {
  const name = parseEngineDigest(reference);
  return { reference, digest: digestOf(reference), name, image };
}
