import type { Environment } from './given-options.ts';

const NAMES = ['PATH', 'HOME', 'USER', 'SSH_AUTH_SOCK', 'LANG'];

/** All of the environment that the user's own ssh needs. */
export function sshEnvironment(env: Environment): Readonly<Record<string, string>> {
  return Object.fromEntries(NAMES.flatMap((name) => (env[name] ? [[name, env[name]]] : [])));
}
