import { canonicalName, type ParsedName } from '../engine/reference.ts';
import type { Image, ImageView } from '../image-index/image-view.ts';
import type { Repository } from '../image-index/repository.ts';
import { EXPENSIVE } from '../limits/expensive-field.ts';
import { builder } from './builder.ts';
import { defineConnection } from './pagination.ts';
import { REGISTRY_ERRORS, registryOf } from './registry-image.ts';
import { updateCheckOf } from './update-check.ts';

builder.objectType('RepoTag', {
  description: 'A name with a tag that points to an image. Engine field RepoTags.',
  fields: (t) => ({
    reference: t.field({
      type: 'ImageReference',
      description: 'As the engine spells it.',
      resolve: ({ reference }) => reference,
    }),
    canonicalReference: t.field({
      type: 'ImageReference',
      nullable: true,
      description:
        'With registry host and path in full, e.g. docker.io/library/alpine:3; null for a malformed name.',
      resolve: ({ canonicalReference }) => canonicalReference,
    }),
    name: t.field({
      type: 'ImageName',
      nullable: true,
      description:
        'What this name means on every engine, and to other subgraphs; in its canonical spelling, so that engines and subgraphs agree on it. Null for a malformed name.',
      resolve: ({ canonicalReference: reference }, _args, { counted }) =>
        counted(reference === null ? null : { reference }),
    }),
    tag: t.string({
      nullable: true,
      description: 'The part after the last colon, e.g. 3; null for a malformed name.',
      resolve: ({ name }) => name?.tag ?? null,
    }),
    repository: t.field({
      type: 'ImageRepository',
      nullable: true,
      description: 'All that the same engine holds under this name; null for a malformed name.',
      resolve: ({ name, image }) => repositoryOf(image.view, name),
    }),
    image: t.field({
      type: 'ImageSummary',
      description: 'The image that it points to.',
      resolve: ({ image }, _args, { counted }) => counted(image),
    }),
    engine: t.field({
      type: 'Engine',
      description: 'The engine that holds it.',
      resolve: ({ image }, _args, { engineOf }) => engineOf(image.engine),
    }),
    registry: t.field({
      type: 'RegistryImage',
      nullable: true,
      extensions: EXPENSIVE,
      description: `What the registry has under this tag now; null when it has nothing. It is asked once a minute at most. ${REGISTRY_ERRORS}`,
      resolve: ({ name, image }, _args, context) => registryOf(name, image.engine, context),
    }),
    updateCheck: t.field({
      type: 'UpdateCheck',
      nullable: true,
      extensions: EXPENSIVE,
      description: `Whether what the registry has under this tag now is among the digests that the image has of this repository (repoDigests). It is asked once a minute at most. ${REGISTRY_ERRORS}`,
      resolve: ({ name, image }, _args, context) =>
        updateCheckOf(name, image.engine, digestsIn(name, image), context),
    }),
  }),
});

defineConnection('RepoTag', 'tags');

/** All digests that an image has of one repository: after a pull of another index with the same image there are two. */
function digestsIn(name: ParsedName | null, { digests }: Image): readonly string[] {
  const own = digests.filter(
    (one) => one.name?.domain === name?.domain && one.name?.path === name?.path,
  );
  return own.map(({ digest }) => digest);
}

/** The repository that a name belongs to in a view; null for a name that could not be parsed. */
export function repositoryOf(view: ImageView, name: ParsedName | null): Repository | null {
  if (name === null) return null;
  return view.repositories().get(canonicalName(name.domain, name.path)) ?? null;
}
