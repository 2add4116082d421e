/* eslint-disable */
/** Internal type. DO NOT USE DIRECTLY. */
type Exact<T extends { [key: string]: unknown }> = { [K in keyof T]: T[K] };
/** Internal type. DO NOT USE DIRECTLY. */
export type Incremental<T> = T | { [P in keyof T]?: P extends ' $fragmentName' | '__typename' ? T[P] : never };
import type { DocumentTypeDecoration } from '@graphql-typed-document-node/core';
/** What a container does. Engine field State; Podman's own words are mapped to Docker's. */
export type EngineContainerState =
  /** It was created and never started. */
  | 'CREATED'
  /** Its removal failed. */
  | 'DEAD'
  /** Its process has ended. */
  | 'EXITED'
  /** Its processes are suspended. */
  | 'PAUSED'
  /** It is being removed. */
  | 'REMOVING'
  /** It ended and is being started again. */
  | 'RESTARTING'
  /** It runs. */
  | 'RUNNING'
  /** It was stopped and not cleaned up yet (Podman). */
  | 'STOPPED'
  /** The engine used a word that is not known here. */
  | 'UNKNOWN';

/** All given conditions must hold. A condition on something unknown is neither true nor false, and not of it neither; only true lists an image. An empty list matches nothing, in and it matches all. Filters are applied by the gateway and mean the same on every engine. */
export type ImageFilter = {
  /** All of these hold; true when empty. */
  and?: Array<ImageFilter> | null | undefined;
  /** Created later than this. */
  createdAfter?: string | null | undefined;
  /** As docker's filter since: created after this image of the same engine; unknown where the engine has no such image. */
  createdAfterImage?: string | null | undefined;
  /** Created earlier than this. */
  createdBefore?: string | null | undefined;
  /** As docker's filter before: created before this image of the same engine; unknown where the engine has no such image. */
  createdBeforeImage?: string | null | undefined;
  /** As isDangling. */
  dangling?: boolean | null | undefined;
  /** An image ID, repo digest, manifest digest or layer diff ID; any may match. A digest that is none of the others may be a layer: the first such question inspects every image of the engine once. */
  digests?: Array<string> | null | undefined;
  /** Whether some manifest is an attestation; unknown where the engine keeps no manifests. */
  hasAttestations?: boolean | null | undefined;
  /** As inUse. */
  inUse?: boolean | null | undefined;
  /** All must match. */
  labels?: Array<ImageLabelFilter> | null | undefined;
  /** size is at most this. */
  maxSize?: number | null | undefined;
  /** size is at least this. */
  minSize?: number | null | undefined;
  /** This does not hold. */
  not?: ImageFilter | null | undefined;
  /** One of these holds; false when empty. */
  or?: Array<ImageFilter> | null | undefined;
  /** Some available manifest matches, or, where the engine keeps no manifests, what an inspect says; unknown where one that does not match names no platform. Without manifests the first such question inspects every image of the engine once. */
  platform?: ImagePlatformFilter | null | undefined;
  /** Docker's reference patterns; any may match a tag or digest reference, or its repository, in familiar or canonical spelling. * stops at a slash. */
  references?: Array<string> | null | undefined;
  /** Case-insensitive text in a tag, digest or ID, or in the key or value of a label that is not withheld, 256 characters at most. */
  search?: string | null | undefined;
};

/** A label that an image must have. */
export type ImageLabelFilter = {
  /** The whole key. */
  key: string;
  /** The whole value; any value when left out. */
  value?: string | null | undefined;
};

/** What a manifest is. Engine field Manifests[].Kind. */
export type ImageManifestKind =
  /** A statement about another manifest, e.g. its provenance or SBOM. */
  | 'ATTESTATION'
  /** An image for one platform. */
  | 'IMAGE'
  /** Neither, or the engine cannot tell. */
  | 'UNKNOWN';

/** A platform that is available locally. What is left out may be anything. */
export type ImagePlatformFilter = {
  /** OCI field architecture, e.g. arm64. */
  architecture?: string | null | undefined;
  /** OCI field os, e.g. linux. */
  os?: string | null | undefined;
  /** OCI field variant, e.g. v8. */
  variant?: string | null | undefined;
};

export type ImageRowFragment = { id: string, imageId: string, shortId: string, created: string | null, size: number, isDangling: boolean, inUse: boolean | null, repoTags: Array<{ reference: string }> };

export type ImageDetailsFragment = { id: string, imageId: string, created: string | null, size: number, sharedSize: number | null, labels: Array<{ key: string, value: string | null }>, repoTags: Array<{ reference: string }>, repoDigests: Array<{ reference: string, digest: string }>, manifests: Array<{ digest: string, kind: ImageManifestKind, available: boolean, platform: { name: string } | null }> | null, parent: { imageId: string, repoTags: Array<{ reference: string }> } | null, usedBy: { totalCount: number, nodes: Array<{ name: string, state: EngineContainerState }> } | null };

export type ImageDetailsQueryVariables = Exact<{
  reference: string;
}>;


export type ImageDetailsQuery = { image: { imageId: string, parent: { imageId: string, repoTags: Array<{ reference: string }> } | null, repoDigests: Array<{ reference: string, digest: string, manifests: Array<{ digest: string, kind: ImageManifestKind, available: boolean, platform: { name: string } | null }> | null }>, usedBy: { totalCount: number, nodes: Array<{ name: string, state: EngineContainerState }> } | null, labels: Array<{ key: string, value: string | null }> } | null };

export type ImagesPageQueryVariables = Exact<{
  first?: number | null | undefined;
  after?: string | null | undefined;
  filter?: ImageFilter | null | undefined;
}>;


export type ImagesPageQuery = { images: { totalCount: number, totalSize: number, nodes: Array<{ id: string, imageId: string, shortId: string, created: string | null, size: number, isDangling: boolean, inUse: boolean | null, repoTags: Array<{ reference: string }> }>, pageInfo: { hasNextPage: boolean, endCursor: string | null }, unavailableEngines: Array<{ name: string }> } | null };

export class TypedDocumentString<TResult, TVariables>
  extends String
  implements DocumentTypeDecoration<TResult, TVariables>
{
  __apiType?: NonNullable<DocumentTypeDecoration<TResult, TVariables>['__apiType']>;
  private value: string;
  public __meta__?: Record<string, any> | undefined;

  constructor(value: string, __meta__?: Record<string, any> | undefined) {
    super(value);
    this.value = value;
    this.__meta__ = __meta__;
  }

  override toString(): string & DocumentTypeDecoration<TResult, TVariables> {
    return this.value;
  }
}
export const ImageRowFragmentDoc = new TypedDocumentString(`
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
    `, {"fragmentName":"ImageRow"}) as unknown as TypedDocumentString<ImageRowFragment, unknown>;
export const ImageDetailsFragmentDoc = new TypedDocumentString(`
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
    `, {"fragmentName":"ImageDetails"}) as unknown as TypedDocumentString<ImageDetailsFragment, unknown>;
export const ImageDetailsDocument = new TypedDocumentString(`
    query ImageDetails($reference: ImageReference!) {
  image(reference: $reference) {
    imageId
    parent {
      imageId
      repoTags {
        reference
      }
    }
    repoDigests {
      reference
      digest
      manifests {
        digest
        kind
        available
        platform {
          name
        }
      }
    }
    usedBy {
      totalCount
      nodes {
        name
        state
      }
    }
    labels {
      key
      value
    }
  }
}
    `, {"hash":"sha256:13c2073e2ab85e3016ae26fe07f488548b3abfd0d8e6c4079974d7738b7fb8ba"}) as unknown as TypedDocumentString<ImageDetailsQuery, ImageDetailsQueryVariables>;
export const ImagesPageDocument = new TypedDocumentString(`
    query ImagesPage($first: Int, $after: String, $filter: ImageFilter) {
  images(first: $first, after: $after, filter: $filter) {
    totalCount
    totalSize
    nodes {
      ...ImageRow
    }
    pageInfo {
      hasNextPage
      endCursor
    }
    unavailableEngines {
      name
    }
  }
}
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
}`, {"hash":"sha256:854a18b4b9d788c24cf3e26899fa177ad5646bdf5b308b5852cef5796809b4d8"}) as unknown as TypedDocumentString<ImagesPageQuery, ImagesPageQueryVariables>;