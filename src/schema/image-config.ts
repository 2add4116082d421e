import type { ImageConfig } from '../engine/image-detail.ts';
import { builder } from './builder.ts';

type ListName = 'exposedPorts' | 'onBuild' | 'volumes';
type OptionalListName = 'command' | 'entrypoint' | 'shell';
type TextName = 'stopSignal' | 'user' | 'workingDirectory';

const list = (name: ListName, description: string) => ({
  description,
  resolve: (config: ImageConfig) => config[name],
});
const optionalList = (name: OptionalListName, description: string) => ({
  nullable: true as const,
  description: `${description}; null when the image sets none. Arguments that look like secrets are shown as [redacted].`,
  resolve: (config: ImageConfig) => config[name],
});
const text = (name: TextName, description: string) => ({
  nullable: true as const,
  description: `${description}; null when the image sets none.`,
  resolve: (config: ImageConfig) => config[name],
});

builder.objectType('ImageConfig', {
  description:
    'How containers of an image are started unless told otherwise: field Config of docker inspect, config of the OCI image configuration.',
  fields: (t) => ({
    environment: t.field({
      type: ['EnvironmentVariable'],
      description: 'Engine field Config.Env, in its order.',
      resolve: ({ environment }, _args, { counted }) => counted(environment),
    }),
    entrypoint: t.stringList(
      optionalList('entrypoint', 'Engine field Config.Entrypoint: what is run'),
    ),
    command: t.stringList(
      optionalList(
        'command',
        'Engine field Config.Cmd: arguments of the entrypoint, or what is run',
      ),
    ),
    workingDirectory: t.string(text('workingDirectory', 'Engine field Config.WorkingDir')),
    user: t.string(text('user', 'Engine field Config.User: user[:group], by name or number')),
    exposedPorts: t.stringList(
      list(
        'exposedPorts',
        'Engine field Config.ExposedPorts, e.g. 8080/tcp, in alphabetical order.',
      ),
    ),
    volumes: t.stringList(
      list(
        'volumes',
        'Engine field Config.Volumes: paths in the container, in alphabetical order.',
      ),
    ),
    stopSignal: t.string(text('stopSignal', 'Engine field Config.StopSignal, e.g. SIGTERM')),
    onBuild: t.stringList(
      list(
        'onBuild',
        'Engine field Config.OnBuild: instructions for builds that start from the image.',
      ),
    ),
    shell: t.stringList(
      optionalList('shell', 'Engine field Config.Shell: what runs instructions in shell form'),
    ),
  }),
});
