import { PublicError } from '../errors.ts';
import { builder } from './builder.ts';
import { encodeGlobalId } from './node.ts';

const EngineKind = builder.enumType('EngineKind', {
  description: 'Which program answers the Engine API.',
  values: {
    DOCKER: { description: 'Docker Engine (moby).' },
    PODMAN: { description: 'Podman, through its Docker-compatible API.' },
    EMBEDDED: {
      description: 'The engine inside this process, over an OCI image layout or an image archive.',
    },
  } as const,
});

const EngineStatus = builder.enumType('EngineStatus', {
  description: 'Whether an engine answers.',
  values: {
    READY: { description: 'It answers.' },
    CONNECTING: { description: 'It is being asked for the first time, or again after a failure.' },
    UNAVAILABLE: { description: 'It did not answer; it is tried again twice a second.' },
  } as const,
});

const EngineCircuit = builder.enumType('EngineCircuit', {
  description: 'Whether calls are passed on to an engine.',
  values: {
    CLOSED: { description: 'They are.' },
    OPEN: {
      description:
        'They fail at once, with the code of the failure that led to it: the engine is gone, or too many calls in a row failed or were not answered in time. Lists of images are asked for all the same while it answers pings.',
    },
    HALF_OPEN: {
      description: 'As OPEN, while the engine is asked whether it answers again.',
    },
  } as const,
});

const ImageStore = builder.enumType('ImageStore', {
  description: 'Where an engine keeps its images, which decides what it can say of them.',
  values: {
    CONTAINERD: {
      description: "containerd's image store: the image ID is the digest of an index or manifest.",
    },
    GRAPH_DRIVER: {
      description:
        'A graph driver such as overlay2: the image ID is the digest of the configuration, manifests are not kept.',
    },
    CONTAINERS_STORAGE: { description: "Podman's containers/storage." },
    OCI_LAYOUT: {
      description:
        'An OCI image layout on disk, or an archive of one. An archive of docker save without an index is a GRAPH_DRIVER.',
    },
  } as const,
});

builder.objectType('Engine', {
  description: 'A container engine that this gateway was told to ask.',
  interfaces: ['Node'],
  fields: (t) => ({
    id: t.id({
      description: 'Opaque, unique over all types and engines.',
      resolve: ({ name }) => encodeGlobalId('Engine', name, ''),
    }),
    name: t.exposeString('name', { description: 'The name that it was configured under.' }),
    status: t.field({
      type: EngineStatus,
      description: 'Whether it answers, as far as is known now; nothing is asked for this field.',
      resolve: (engine) => engine.status(),
    }),
    circuit: t.field({
      type: EngineCircuit,
      description:
        'Whether calls are passed on to it, as far as is known now; nothing is asked for this field.',
      resolve: (engine) => engine.circuit(),
    }),
    kind: t.field({
      type: EngineKind,
      nullable: true,
      description: 'Engine field Components of /version; null while it is unreachable.',
      resolve: async (engine) => (await engine.facts())?.kind ?? null,
    }),
    version: t.string({
      nullable: true,
      description:
        'Engine release, e.g. 28.5.2 (field Version of /version); null while it is unreachable.',
      resolve: async (engine) => (await engine.facts())?.version ?? null,
    }),
    apiVersion: t.string({
      nullable: true,
      description:
        'The API version that is spoken with it, e.g. 1.51: its newest (field ApiVersion of /version) that this gateway knows; null while it is unreachable.',
      resolve: async (engine) => {
        const facts = await engine.facts();
        return facts === null ? null : `1.${facts.api}`;
      },
    }),
    imageStore: t.field({
      type: ImageStore,
      nullable: true,
      description: 'Engine fields Driver and DriverStatus of /info; null while it is unreachable.',
      resolve: async (engine) => (await engine.facts())?.store ?? null,
    }),
    operatingSystem: t.string({
      nullable: true,
      description:
        'As OCI platforms name it, e.g. linux (field Os of /version); null while it is unreachable.',
      resolve: async (engine) => (await engine.facts())?.operatingSystem ?? null,
    }),
    architecture: t.string({
      nullable: true,
      description:
        'As OCI platforms name it, e.g. amd64 (field Arch of /version); null while it is unreachable.',
      resolve: async (engine) => (await engine.facts())?.architecture ?? null,
    }),
  }),
});

builder.queryFields((t) => ({
  engines: t.field({
    type: ['Engine'],
    description: 'The configured engines, reachable or not, in the order of configuration.',
    resolve: (_, _args, { indexes, counted }) =>
      counted([...indexes.values()].map(({ engine }) => engine)),
  }),
  engine: t.field({
    type: 'Engine',
    nullable: true,
    description:
      'One engine by its configured name; the first one when no name is given; null when there is none of that name.',
    args: { name: t.arg.string({ description: 'As configured; the first engine when left out.' }) },
    resolve: (_, { name }, { indexes }) => {
      const index = name == null ? indexes.values().next().value : indexes.get(name);
      return index?.engine ?? null;
    },
  }),
}));

/** The engines that an argument names, all when it is left out. @throws PublicError ENGINE_UNKNOWN */
export function namedEngines(
  indexes: ReadonlyMap<string, unknown>,
  given: string | readonly string[] | null | undefined,
): readonly string[] {
  if (given == null) return [...indexes.keys()];
  const names = typeof given === 'string' ? [given] : given;
  if (names.some((name) => !indexes.has(name))) throw new PublicError('ENGINE_UNKNOWN');
  return [...new Set(names)];
}
