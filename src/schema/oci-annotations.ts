import { isDigest } from '../engine/reference.ts';
import { builder } from './builder.ts';
import { parseInstant } from './instant.ts';

/** Labels by key. */
export type Annotations = ReadonlyMap<string, string>;

const key = (name: string) => `org.opencontainers.image.${name}`;

const text = (name: string, meaning: string) => ({
  nullable: true as const,
  description: `${meaning} (${key(name)}); null when the image does not say.`,
  resolve: (annotations: Annotations) => annotations.get(key(name)) ?? null,
});

builder.objectType('OciAnnotations', {
  description:
    'What an image says of itself in its org.opencontainers.image.* labels (OCI image-spec, annotations). Nothing of it is verified.',
  fields: (t) => ({
    title: t.string(text('title', 'Title for people')),
    description: t.string(text('description', 'What the image is for')),
    version: t.string(text('version', 'Version of the packaged software')),
    revision: t.string(text('revision', 'Source control revision')),
    source: t.string(text('source', 'Where the source code is')),
    url: t.string(text('url', 'Where to find more')),
    documentation: t.string(text('documentation', 'Where the documentation is')),
    vendor: t.string(text('vendor', 'Who distributes it')),
    licenses: t.string(text('licenses', 'SPDX licence expression')),
    authors: t.string(text('authors', 'Contact of who is responsible')),
    baseName: t.string(text('base.name', 'Reference of the image that it is based on')),
    created: t.field({
      type: 'DateTime',
      nullable: true,
      description: `When it was built (${key('created')}); null when the image does not say or gives no RFC 3339 date.`,
      resolve: (annotations) => parseInstant(annotations.get(key('created')) ?? ''),
    }),
    baseDigest: t.field({
      type: 'Digest',
      nullable: true,
      description: `Digest of the image that it is based on (${key('base.digest')}); null when the image does not say or gives no digest.`,
      resolve: (annotations) => {
        const digest = annotations.get(key('base.digest')) ?? '';
        return isDigest(digest) ? digest : null;
      },
    }),
  }),
});
