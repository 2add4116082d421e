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
    "query ImageDetails($reference: ImageReference!) {\n  image(reference: $reference) {\n    imageId\n    parent {\n      imageId\n      repoTags {\n        reference\n      }\n    }\n    repoDigests {\n      reference\n      digest\n      manifests {\n        digest\n        kind\n        available\n        platform {\n          name\n        }\n      }\n    }\n    usedBy {\n      totalCount\n      nodes {\n        name\n        state\n      }\n    }\n    labels {\n      key\n      value\n    }\n  }\n}": typeof types.ImageDetailsDocument,
    "fragment ImageRow on ImageSummary {\n  id\n  imageId\n  shortId\n  created\n  size\n  isDangling\n  inUse\n  repoTags {\n    reference\n  }\n}\n\nquery ImagesPage($first: Int, $after: String, $filter: ImageFilter) {\n  images(first: $first, after: $after, filter: $filter) {\n    totalCount\n    totalSize\n    nodes {\n      ...ImageRow\n    }\n    pageInfo {\n      hasNextPage\n      endCursor\n    }\n    unavailableEngines {\n      name\n    }\n  }\n}": typeof types.ImageRowFragmentDoc,
};
const documents: Documents = {
    "query ImageDetails($reference: ImageReference!) {\n  image(reference: $reference) {\n    imageId\n    parent {\n      imageId\n      repoTags {\n        reference\n      }\n    }\n    repoDigests {\n      reference\n      digest\n      manifests {\n        digest\n        kind\n        available\n        platform {\n          name\n        }\n      }\n    }\n    usedBy {\n      totalCount\n      nodes {\n        name\n        state\n      }\n    }\n    labels {\n      key\n      value\n    }\n  }\n}": types.ImageDetailsDocument,
    "fragment ImageRow on ImageSummary {\n  id\n  imageId\n  shortId\n  created\n  size\n  isDangling\n  inUse\n  repoTags {\n    reference\n  }\n}\n\nquery ImagesPage($first: Int, $after: String, $filter: ImageFilter) {\n  images(first: $first, after: $after, filter: $filter) {\n    totalCount\n    totalSize\n    nodes {\n      ...ImageRow\n    }\n    pageInfo {\n      hasNextPage\n      endCursor\n    }\n    unavailableEngines {\n      name\n    }\n  }\n}": types.ImageRowFragmentDoc,
};

/**
 * The graphql function is used to parse GraphQL queries into a document that can be used by GraphQL clients.
 */
export function graphql(source: "query ImageDetails($reference: ImageReference!) {\n  image(reference: $reference) {\n    imageId\n    parent {\n      imageId\n      repoTags {\n        reference\n      }\n    }\n    repoDigests {\n      reference\n      digest\n      manifests {\n        digest\n        kind\n        available\n        platform {\n          name\n        }\n      }\n    }\n    usedBy {\n      totalCount\n      nodes {\n        name\n        state\n      }\n    }\n    labels {\n      key\n      value\n    }\n  }\n}"): typeof import('./graphql.js').ImageDetailsDocument;
/**
 * The graphql function is used to parse GraphQL queries into a document that can be used by GraphQL clients.
 */
export function graphql(source: "fragment ImageRow on ImageSummary {\n  id\n  imageId\n  shortId\n  created\n  size\n  isDangling\n  inUse\n  repoTags {\n    reference\n  }\n}\n\nquery ImagesPage($first: Int, $after: String, $filter: ImageFilter) {\n  images(first: $first, after: $after, filter: $filter) {\n    totalCount\n    totalSize\n    nodes {\n      ...ImageRow\n    }\n    pageInfo {\n      hasNextPage\n      endCursor\n    }\n    unavailableEngines {\n      name\n    }\n  }\n}"): typeof import('./graphql.js').ImageRowFragmentDoc;


export function graphql(source: string) {
  return (documents as any)[source] ?? {};
}
