import { isDigest, type ParsedReference, parseReference } from '../engine/reference.ts';
import type { Image } from '../image-index/image-view.ts';
import { EXPENSIVE } from '../limits/expensive-field.ts';
import { builder } from './builder.ts';
import { updateCheckOf } from './update-check.ts';

/** What an image says it was built on. */
export interface DeclaredBase {
  readonly of: Image;
  /** As the label has it; null when there is none, or it is no name. */
  readonly reference: string | null;
  readonly name: Extract<ParsedReference, { kind: 'name' }> | null;
  readonly digest: string | null;
}

builder.objectType('DeclaredBase', {
  description:
    'The base that an image names itself, in its labels org.opencontainers.image.base.name and .digest. Nothing of it is verified; baseImages is what its layers show.',
  fields: (t) => ({
    reference: t.field({
      type: 'ImageReference',
      nullable: true,
      description: 'The name that it was built from; null when it gives none.',
      resolve: ({ reference }) => reference,
    }),
    digest: t.field({
      type: 'Digest',
      nullable: true,
      description: 'The digest that the name led to then; null when it gives none.',
      resolve: ({ digest }) => digest,
    }),
    image: t.field({
      type: 'ImageSummary',
      nullable: true,
      description:
        'The local image of the same engine that has this digest, or, where no digest is given, this name; null when there is none.',
      resolve: (base, _args, { counted }) => counted(localBase(base)),
    }),
    hasMovedOn: t.boolean({
      nullable: true,
      description:
        'Whether the name leads to another image here than the digest does; null when either is not known here.',
      resolve: (base) => {
        const now = imageOfName(base);
        const then = base.digest === null ? null : localBase(base);
        return now === null || then === null ? null : now !== then;
      },
    }),
    updateCheck: t.field({
      type: 'UpdateCheck',
      nullable: true,
      extensions: EXPENSIVE,
      description:
        'Whether the registry has another digest under the name by now than the declared one; null when no name is given. An error says why when the registry cannot be asked.',
      resolve: ({ of, name, digest }, _args, context) =>
        updateCheckOf(name, of.engine, digest === null ? [] : [digest], context),
    }),
  }),
});

builder.objectFields('ImageSummary', (t) => ({
  declaredBase: t.field({
    type: 'DeclaredBase',
    nullable: true,
    description:
      'The base that the image names in its labels (docker buildx build writes none by itself; buildah and many pipelines do); null when it names none.',
    resolve: (image, _args, { counted }) => counted(declaredBaseOf(image)),
  }),
}));

function declaredBaseOf(of: Image): DeclaredBase | null {
  const label = (key: string) =>
    of.row.labels.find((one) => one.key === `org.opencontainers.image.base.${key}`)?.value ?? null;
  const reference = label('name');
  const parsed = reference === null ? null : parseReference(reference);
  const name = parsed?.kind === 'name' ? parsed : null;
  const digest = label('digest');
  const known = digest !== null && isDigest(digest) ? digest : null;
  if (name === null && known === null) return null;
  return { of, reference: name === null ? null : reference, name, digest: known };
}

function localBase(base: DeclaredBase): Image | null {
  if (base.digest === null) return imageOfName(base);
  return base.of.view.imagesOfDigest(base.digest)[0] ?? null;
}

function imageOfName({ of, name }: DeclaredBase): Image | null {
  return name === null ? null : of.view.references().resolve(name).found;
}
