import { canonicalName, parseReference } from '../engine/reference.ts';
import { PublicError } from '../errors.ts';
import { ASCENDING_TEXT, checkPageArgs } from '../keyset.ts';
import type { Repository } from '../image-index/repository.ts';
import { type RepositorySelection, selectRepositories } from '../loaders/repository-selection.ts';
import { builder } from './builder.ts';
import { namedEngines } from './engine.ts';
import { connectNewest } from './image-connection.ts';
import { checkText } from './image-filter.ts';
import { encodeGlobalId } from './node.ts';
import { type Connection, connect, defineConnection, forwardArgs, pageArgs } from './pagination.ts';

/** What stands behind an ImageRepositoryConnection. */
export interface RepositoryConnection extends Connection<Repository> {
  readonly failures: RepositorySelection['failures'];
}

const BY_TAG = { name: 'tags of a repository', parts: [ASCENDING_TEXT] };
const BY_NAME = { name: 'repositories', parts: [ASCENDING_TEXT, ASCENDING_TEXT] };

builder.objectType('ImageRepository', {
  description: 'All that one engine holds under one image name without its tag and digest.',
  interfaces: ['Node'],
  fields: (t) => ({
    id: t.id({
      description: 'Opaque, unique over all types and engines.',
      resolve: (repository) =>
        encodeGlobalId('ImageRepository', repository.engine, repository.canonicalName),
    }),
    name: t.exposeString('familiarName', {
      description: 'Familiar name, e.g. alpine or ghcr.io/owner/name.',
    }),
    registryHost: t.exposeString('domain', {
      description: 'Registry host and port, docker.io when the name has none.',
    }),
    path: t.exposeString('path', {
      description: 'Path within the registry, e.g. library/alpine.',
    }),
    engine: t.field({
      type: 'Engine',
      description: 'The engine that holds it.',
      resolve: ({ engine }, _args, { engineOf }) => engineOf(engine),
    }),
    images: t.field({
      type: 'ImageSummaryConnection',
      nullable: true,
      description:
        'Images that a tag or digest of this name points to, newest first. Null, with an error that says why, when the engine cannot be asked.',
      args: forwardArgs(t.arg),
      resolve: ({ images }, args, context) => connectNewest(context, images, args),
    }),
    tags: t.field({
      type: 'RepoTagConnection',
      nullable: true,
      description:
        'Tags of this name, in their alphabetical order. Null, with an error that says why, when the engine cannot be asked.',
      args: forwardArgs(t.arg),
      resolve: ({ tags }, args, context) =>
        connect(context, tags, ({ name }) => [name?.tag ?? ''], BY_TAG, args),
    }),
  }),
});

defineConnection('ImageRepository', 'image repositories');

builder.objectFields('ImageRepositoryConnection', (t) => ({
  unavailableEngines: t.field({
    type: ['Engine'],
    description:
      'Engines that were asked and could not answer; their repositories are missing here, and errors say why.',
    resolve: ({ failures }, _args, { engineOf, counted }) =>
      counted(failures.map(({ engine }) => engineOf(engine))),
  }),
}));

builder.queryFields((t) => ({
  imageRepositories: t.field({
    type: 'ImageRepositoryConnection',
    nullable: true,
    description:
      'The repositories of every engine, or of those named, by name, then by engine. Null, with errors that say why, when no engine can be asked.',
    args: {
      ...pageArgs(t.arg),
      search: t.arg.string({
        description:
          'Case-insensitive text in the familiar or canonical name, 256 characters at most.',
      }),
      engines: t.arg.stringList({
        description:
          'Engines by configured name: all when left out, none when empty; ENGINE_UNKNOWN when one is not configured.',
      }),
    },
    resolve: async (_, { search, engines, ...args }, context, info) => {
      const asked = namedEngines(context.indexes, engines);
      checkPageArgs(BY_NAME, args, context.limits);
      checkText(search);
      const found = await selectRepositories(context, asked, search ?? '');
      context.reportFailures(found.failures, asked.length, info);
      const keyOf = (repository: Repository) => [repository.familiarName, repository.engine];
      const page = connect(context, found.repositories, keyOf, BY_NAME, args);
      return { ...page, failures: found.failures };
    },
  }),
  imageRepository: t.field({
    type: 'ImageRepository',
    nullable: true,
    description:
      'One repository by its familiar or canonical name; null when there is none. Without an engine name, of the first engine that has it.',
    args: {
      name: t.arg.string({
        required: true,
        description: 'A name without tag and digest, e.g. alpine or docker.io/library/alpine.',
      }),
      engine: t.arg.string({
        description:
          'An engine by its configured name; ENGINE_UNKNOWN when there is none of that name.',
      }),
    },
    resolve: (_, { name, engine }, context, info) => {
      const key = repositoryKey(name);
      return context.find(namedEngines(context.indexes, engine), info, async (asked) => {
        const view = await context.loaders.images.load(asked);
        return view.repositories().get(key) ?? null;
      });
    },
  }),
}));

/** @throws PublicError INVALID_REFERENCE */
function repositoryKey(name: string): string {
  const parsed = parseReference(name);
  if (parsed?.kind !== 'name' || parsed.tag !== null || parsed.digest !== null) {
    throw new PublicError('INVALID_REFERENCE', 'Not an image name without tag and digest.');
  }
  return canonicalName(parsed.domain, parsed.path);
}
