import { brandWithType } from '@pothos/core';
import type { Context } from '../context.ts';
import type { Engine } from '../engine/engine.ts';
import { PublicError } from '../errors.ts';
import type { Container } from '../image-index/container-view.ts';
import type { Image, Manifest } from '../image-index/image-view.ts';
import type { Repository } from '../image-index/repository.ts';
import { beyond } from '../limits/limits.ts';
import { builder, type Types } from './builder.ts';

/** What stands behind the types that have an id. */
export type NodeValue = Container | Engine | Image | Manifest | Repository;

/** The types that have an id. */
export type NodeName =
  | 'Engine'
  | 'EngineContainer'
  | 'ImageManifestSummary'
  | 'ImageRepository'
  | 'ImageSummary';

interface GlobalId {
  readonly type: NodeName;
  readonly engine: string;
  readonly key: string;
}

/** @param key unique among the things of its type on its engine; empty for the engine itself */
export function encodeGlobalId(type: NodeName, engine: string, key: string): string {
  return Buffer.from(`${type}:${engine}:${key}`).toString('base64url');
}

/** Null for a text that encodeGlobalId never gives: each thing has one id, and no other text finds it. */
function decodeGlobalId(id: string): GlobalId | null {
  const match = /^([A-Za-z]+):([\w.-]+):([\x21-\x7e]*)$/.exec(
    id.length > 1_024 ? '' : Buffer.from(id, 'base64url').toString('latin1'),
  );
  const [, type = '', engine = '', key = ''] = match ?? [];
  if (!isNodeName(type) || encodeGlobalId(type, engine, key) !== id) return null;
  return (type === 'Engine') === (key === '') ? { type, engine, key } : null;
}

function isNodeName(type: string): type is NodeName {
  return Object.hasOwn(FINDERS, type);
}

/** How a node of each type is found again; null when it is gone. */
const FINDERS: Readonly<
  Record<NodeName, (context: Context, id: GlobalId) => Promise<NodeValue | null>>
> = {
  Engine: async ({ indexes }, { engine }) => indexes.get(engine)?.engine ?? null,
  EngineContainer: async ({ loaders }, { engine, key }) =>
    (await loaders.containers.load(engine)).container(key),
  ImageSummary: async ({ loaders }, { engine, key }) =>
    (await loaders.images.load(engine)).image(key),
  ImageManifestSummary: async ({ loaders }, { engine, key }) => {
    const [imageId = '', digest, ...rest] = key.split('/');
    if (rest.length > 0) return null;
    const image = (await loaders.images.load(engine)).image(imageId);
    return image?.manifests?.find(({ row }) => row.digest === digest) ?? null;
  },
  ImageRepository: async ({ loaders }, { engine, key }) =>
    (await loaders.images.load(engine)).repositories().get(key) ?? null,
};

/** The thing that has an id of this type; null when it is gone, or of another type. @throws PublicError for what is no id */
export async function findNodeOf<Name extends NodeName>(
  context: Context,
  id: string,
  type: Name,
): Promise<Types['Objects'][Name] | null> {
  const decoded = decode(id);
  if (decoded.type !== type || !context.indexes.has(decoded.engine)) return null;
  return (await FINDERS[type](context, decoded)) as Types['Objects'][Name] | null;
}

async function findNode(context: Context, id: string): Promise<NodeValue | null> {
  const decoded = decode(id);
  if (!context.indexes.has(decoded.engine)) return null;
  const node = await FINDERS[decoded.type](context, decoded);
  if (node !== null) brandWithType(node, decoded.type as never);
  return node;
}

function decode(id: string): GlobalId {
  const decoded = decodeGlobalId(id);
  if (decoded !== null) return decoded;
  throw new PublicError('BAD_USER_INPUT', 'Not an id that this API has given out.');
}

builder.interfaceType('Node', {
  description:
    'A thing that can be fetched again by its id (GraphQL Global Object Identification).',
  fields: (t) => ({
    id: t.id({
      description: 'Opaque, unique over all types and engines.',
      resolve: () => {
        throw new Error('every type that implements Node resolves its own id');
      },
    }),
  }),
});

builder.queryFields((t) => ({
  node: t.field({
    type: 'Node',
    nullable: true,
    description: 'The thing that has this id; null when there is none any more.',
    args: { id: t.arg.id({ required: true, description: 'An id that this API has given out.' }) },
    resolve: (_, { id }, context) => findNode(context, id),
  }),
  nodes: t.field({
    type: ['Node'],
    nullable: { list: false, items: true },
    description:
      'Up to 100 things by their ids, unless the server is set otherwise; in the order asked, null where there is none any more.',
    args: {
      ids: t.arg.idList({
        required: true,
        description: 'Ids that this API has given out.',
      }),
    },
    resolve: (_, { ids }, context) => {
      const { limits } = context;
      if (ids.length > limits.references) throw beyond('references', limits);
      // Each slot settles for itself: one bad id or dead engine leaves the others.
      return context.counted(ids).map((id) => findNode(context, id));
    },
  }),
}));
