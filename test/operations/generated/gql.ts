/* eslint-disable */
import * as types from './graphql.js';



/**
 * Map of all GraphQL operations in the project.
 *
 * This map has several performance disadvantages:
 * 1. It is not tree-shakeable, so it will include all operations in the project.
 * 2. It is not minifiable, so the string of a GraphQL query will be multiple times inside the bundle.
 * 3. It does not support dead code elimination, so it will add unused operations.
 *
 * Therefore it is highly recommended to use the babel or swc plugin for production.
 * Learn more about it here: https://the-guild.dev/graphql/codegen/plugins/presets/preset-client#reducing-bundle-size
 */
type Documents = {
    "\n  fragment ImageRow on ImageSummary {\n    id\n    imageId\n    shortId\n    created\n    size\n    isDangling\n    inUse\n    repoTags {\n      reference\n    }\n  }\n": typeof types.ImageRowFragmentDoc,
    "\n  fragment ImageDetails on ImageSummary {\n    id\n    imageId\n    created\n    size\n    sharedSize\n    labels {\n      key\n      value\n    }\n    repoTags {\n      reference\n    }\n    repoDigests {\n      reference\n      digest\n    }\n    manifests {\n      digest\n      kind\n      available\n      platform {\n        name\n      }\n    }\n    parent {\n      imageId\n      repoTags {\n        reference\n      }\n    }\n    usedBy(first: 50) {\n      totalCount\n      nodes {\n        name\n        state\n      }\n    }\n  }\n": typeof types.ImageDetailsFragmentDoc,
    "query ImageDetails($reference: ImageReference!) {\n  image(reference: $reference) {\n    imageId\n    parent {\n      imageId\n      repoTags {\n        reference\n      }\n    }\n    repoDigests {\n      reference\n      digest\n      manifests {\n        digest\n        kind\n        available\n        platform {\n          name\n        }\n      }\n    }\n    usedBy {\n      totalCount\n      nodes {\n        name\n        state\n      }\n    }\n    labels {\n      key\n      value\n    }\n  }\n}": typeof types.ImageDetailsDocument,
    "query ImagesPage($first: Int, $after: String, $filter: ImageFilter) {\n  images(first: $first, after: $after, filter: $filter) {\n    totalCount\n    totalSize\n    nodes {\n      ...ImageRow\n    }\n    pageInfo {\n      hasNextPage\n      endCursor\n    }\n    unavailableEngines {\n      name\n    }\n  }\n}": typeof types.ImagesPageDocument,
};
const documents: Documents = {
    "\n  fragment ImageRow on ImageSummary {\n    id\n    imageId\n    shortId\n    created\n    size\n    isDangling\n    inUse\n    repoTags {\n      reference\n    }\n  }\n": types.ImageRowFragmentDoc,
    "\n  fragment ImageDetails on ImageSummary {\n    id\n    imageId\n    created\n    size\n    sharedSize\n    labels {\n      key\n      value\n    }\n    repoTags {\n      reference\n    }\n    repoDigests {\n      reference\n      digest\n    }\n    manifests {\n      digest\n      kind\n      available\n      platform {\n        name\n      }\n    }\n    parent {\n      imageId\n      repoTags {\n        reference\n      }\n    }\n    usedBy(first: 50) {\n      totalCount\n      nodes {\n        name\n        state\n      }\n    }\n  }\n": types.ImageDetailsFragmentDoc,
    "query ImageDetails($reference: ImageReference!) {\n  image(reference: $reference) {\n    imageId\n    parent {\n      imageId\n      repoTags {\n        reference\n      }\n    }\n    repoDigests {\n      reference\n      digest\n      manifests {\n        digest\n        kind\n        available\n        platform {\n          name\n        }\n      }\n    }\n    usedBy {\n      totalCount\n      nodes {\n        name\n        state\n      }\n    }\n    labels {\n      key\n      value\n    }\n  }\n}": types.ImageDetailsDocument,
    "query ImagesPage($first: Int, $after: String, $filter: ImageFilter) {\n  images(first: $first, after: $after, filter: $filter) {\n    totalCount\n    totalSize\n    nodes {\n      ...ImageRow\n    }\n    pageInfo {\n      hasNextPage\n      endCursor\n    }\n    unavailableEngines {\n      name\n    }\n  }\n}": types.ImagesPageDocument,
};

/**
 * The graphql function is used to parse GraphQL queries into a document that can be used by GraphQL clients.
 */
export function graphql(source: "\n  fragment ImageRow on ImageSummary {\n    id\n    imageId\n    shortId\n    created\n    size\n    isDangling\n    inUse\n    repoTags {\n      reference\n    }\n  }\n"): typeof import('./graphql.js').ImageRowFragmentDoc;
/**
 * The graphql function is used to parse GraphQL queries into a document that can be used by GraphQL clients.
 */
export function graphql(source: "\n  fragment ImageDetails on ImageSummary {\n    id\n    imageId\n    created\n    size\n    sharedSize\n    labels {\n      key\n      value\n    }\n    repoTags {\n      reference\n    }\n    repoDigests {\n      reference\n      digest\n    }\n    manifests {\n      digest\n      kind\n      available\n      platform {\n        name\n      }\n    }\n    parent {\n      imageId\n      repoTags {\n        reference\n      }\n    }\n    usedBy(first: 50) {\n      totalCount\n      nodes {\n        name\n        state\n      }\n    }\n  }\n"): typeof import('./graphql.js').ImageDetailsFragmentDoc;
/**
 * The graphql function is used to parse GraphQL queries into a document that can be used by GraphQL clients.
 */
export function graphql(source: "query ImageDetails($reference: ImageReference!) {\n  image(reference: $reference) {\n    imageId\n    parent {\n      imageId\n      repoTags {\n        reference\n      }\n    }\n    repoDigests {\n      reference\n      digest\n      manifests {\n        digest\n        kind\n        available\n        platform {\n          name\n        }\n      }\n    }\n    usedBy {\n      totalCount\n      nodes {\n        name\n        state\n      }\n    }\n    labels {\n      key\n      value\n    }\n  }\n}"): typeof import('./graphql.js').ImageDetailsDocument;
/**
 * The graphql function is used to parse GraphQL queries into a document that can be used by GraphQL clients.
 */
export function graphql(source: "query ImagesPage($first: Int, $after: String, $filter: ImageFilter) {\n  images(first: $first, after: $after, filter: $filter) {\n    totalCount\n    totalSize\n    nodes {\n      ...ImageRow\n    }\n    pageInfo {\n      hasNextPage\n      endCursor\n    }\n    unavailableEngines {\n      name\n    }\n  }\n}"): typeof import('./graphql.js').ImagesPageDocument;


export function graphql(source: string) {
  return (documents as any)[source] ?? {};
}
