/** For frontends: what a code generator and a first page of images need. Nothing here needs Node. */

/** The scalars of the schema as clients get them: for the scalars setting of a code generator. */
export const scalars = {
  /** Bytes, up to 2^53-1. */
  ByteSize: 'number',
  /** RFC 3339 in UTC. */
  DateTime: 'string',
  /** Algorithm and hex digits. */
  Digest: 'string',
  /** By the distribution reference grammar. */
  ImageReference: 'string',
} as const;

/** The same as TypeScript types. */
export type Scalars = {
  [Name in keyof typeof scalars]: (typeof scalars)[Name] extends 'number' ? number : string;
};

/** A row of a list of images. */
export const imageRowFragment = /* GraphQL */ `
  fragment ImageRow on ImageSummary {
    id
    imageId
    shortId
    created
    size
    isDangling
    inUse
    repoTags {
      reference
    }
  }
`;

/** An image by itself: its names, manifests, parent, and containers. */
export const imageDetailsFragment = /* GraphQL */ `
  fragment ImageDetails on ImageSummary {
    id
    imageId
    created
    size
    sharedSize
    labels {
      key
      value
    }
    repoTags {
      reference
    }
    repoDigests {
      reference
      digest
    }
    manifests {
      digest
      kind
      available
      platform {
        name
      }
    }
    parent {
      imageId
      repoTags {
        reference
      }
    }
    usedBy(first: 50) {
      totalCount
      nodes {
        name
        state
      }
    }
  }
`;
