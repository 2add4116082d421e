import type { Context } from '../context.ts';
import { isDigest, parseReference } from '../engine/reference.ts';
import { PublicError } from '../errors.ts';
import { findNodeOf, type NodeName } from './node.ts';

/** What a router sends to ask for an entity. Nothing in it is checked before it comes here. */
export type Representation = Readonly<Record<string, unknown>>;

/** A type that other subgraphs may refer to. */
export interface Entity {
  /** Its keys, each as @key takes it. */
  readonly keys: readonly string[];
  /** Finds it by a representation of any of its keys; null when it is gone. @throws PublicError */
  readonly find: (representation: Representation, context: Context) => unknown;
}

const byId = (type: NodeName): Entity => ({
  keys: ['id'],
  find: ({ id }, context) => findNodeOf(context, textOf(id), type),
});

/** What other subgraphs know our things by. Who knows no engine of ours has a name or a digest. */
export const ENTITIES: ReadonlyMap<string, Entity> = new Map<string, Entity>([
  [
    'Engine',
    { keys: ['name'], find: ({ name }, { indexes }) => indexes.get(textOf(name))?.engine },
  ],
  ['EngineContainer', byId('EngineContainer')],
  ['ImageContent', { keys: ['digest'], find: ({ digest }) => ({ digest: digestOf(digest) }) }],
  ['ImageManifestSummary', byId('ImageManifestSummary')],
  [
    'ImageName',
    { keys: ['reference'], find: ({ reference }) => ({ reference: nameOf(reference) }) },
  ],
  ['ImageRepository', byId('ImageRepository')],
  ['ImageSummary', { keys: ['id', 'imageId engine { name }'], find: findImage }],
]);

async function findImage(key: Representation, context: Context): Promise<unknown> {
  if (key['id'] !== undefined) return findNodeOf(context, textOf(key['id']), 'ImageSummary');
  const { name } = (key['engine'] ?? {}) as { readonly name?: unknown };
  const [imageId, engine] = [textOf(key['imageId']), textOf(name)];
  return context.indexes.has(engine)
    ? (await context.loaders.images.load(engine)).image(imageId)
    : null;
}

function textOf(value: unknown): string {
  if (typeof value === 'string') return value;
  throw new PublicError('BAD_USER_INPUT', 'A representation lacks a key, or has it as no text.');
}

/** As it was asked for: the router joins by the same text. */
function nameOf(value: unknown): string {
  const text = textOf(value);
  if (parseReference(text) !== null) return text;
  throw new PublicError('INVALID_REFERENCE');
}

function digestOf(value: unknown): string {
  const text = textOf(value);
  if (isDigest(text)) return text;
  throw new PublicError('BAD_USER_INPUT', 'Not a digest. Use sha256: and 64 hex digits.');
}
