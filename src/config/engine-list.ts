import type { Endpoint } from '../engine/endpoint.ts';
import { parseEndpointUrl } from '../engine/endpoint-url.ts';
import { kindOf } from './config-files.ts';
import { type ConfiguredEngine, findEngines, type Machine } from './default-engines.ts';
import { DEFAULT_CONTEXT, readContext } from './docker-context.ts';
import type { EndpointOrProblem } from './docker-endpoint.ts';
import { isEngineName, nameFrom, nameOf, unusedName } from './engine-name.ts';
import type { Given } from './given-options.ts';
import { isLoopback } from './loopback.ts';
import { quote } from './quote.ts';
import { readTlsMaterial } from './tls-material.ts';

interface EngineOptions {
  readonly given: Given | undefined;
  readonly insecureEngine: boolean;
  /** Whether others than this machine can reach the server. */
  readonly isExposed: boolean;
}

const SAMPLE: ConfiguredEngine = {
  name: 'sample',
  endpoint: { kind: 'sample' },
  origin:
    'no engine is named and no socket of Docker or Podman exists: these are the bundled sample images. Name an engine with --engine',
};

/**
 * The engines that are named, or else found, or else the sample. Nothing is connected to: an engine that
 * is down stays configured, and the sample never takes its place.
 */
export function listEngines(
  { given, insecureEngine, isExposed }: EngineOptions,
  machine: Machine,
  problems: string[],
): { readonly engines: readonly ConfiguredEngine[]; readonly sample: boolean } {
  const before = problems.length;
  const engines =
    given === undefined ? findEngines(machine, problems) : namedEngines(given, machine, problems);
  if (!insecureEngine) refusePlainTcp(engines, problems);
  if (engines.length > 0 || problems.length > before) return { engines, sample: false };
  if (isExposed) {
    problems.push(
      'No engine is named and none was found, and the sample images are only shown on loopback. Name an engine with --engine.',
    );
  }
  return { engines: [SAMPLE], sample: true };
}

function namedEngines(given: Given, machine: Machine, problems: string[]): ConfiguredEngine[] {
  const parsed = given.values.flatMap((text) => {
    const engine = parseEngine(text, machine);
    if (!('problem' in engine)) return [engine];
    problems.push(`${given.source} ${quote(text)}: ${engine.problem}.`);
    return [];
  });
  const names = parsed.flatMap(({ name }) => name ?? []);
  for (const name of new Set(names.filter((name, at) => names.indexOf(name) !== at))) {
    problems.push(`${given.source}: two engines are called ${name}. Give each a name of its own.`);
  }
  const used = new Set(names);
  return parsed.map(({ name, derivedName, endpoint, url }) => {
    const own = name ?? unusedName(derivedName, used);
    used.add(own);
    return { name: own, endpoint, origin: `${given.source} ${url}` };
  });
}

interface NamedEngine {
  /** As given; null without NAME=. */
  readonly name: string | null;
  readonly derivedName: string;
  readonly endpoint: Endpoint;
  readonly url: string;
}

/** [NAME=]URL */
function parseEngine(text: string, machine: Machine): NamedEngine | { readonly problem: string } {
  const equals = text.indexOf('=');
  const before = text.slice(0, Math.max(equals, 0));
  // An equals sign after a colon belongs to the URL: https://host?certs=DIR, oci:a=b.
  const name = equals < 0 || before.includes(':') ? null : before;
  if (name !== null && !isEngineName(name)) {
    return {
      problem:
        'an engine name has 1 to 63 letters, digits, dots, dashes and underscores, and begins with a letter or digit',
    };
  }
  const url = name === null ? text : text.slice(equals + 1);
  const context = url.startsWith('context:') ? url.slice('context:'.length) : null;
  const parsed = context === null ? resolveUrl(url, machine) : resolveContext(context, machine);
  if ('problem' in parsed) return parsed;
  const { endpoint } = parsed;
  const derivedName = context === null ? nameOf(endpoint) : nameFrom(context);
  return { name, derivedName, endpoint, url };
}

function resolveContext(name: string, { env, files }: Machine): EndpointOrProblem {
  if (name === '' || name === DEFAULT_CONTEXT) {
    return {
      problem:
        'name a stored Docker context; the default one is what is used without --engine, or a unix:// URL',
    };
  }
  return readContext(name, env, files);
}

function resolveUrl(url: string, { files }: Machine): EndpointOrProblem {
  const parsed = parseEndpointUrl(url);
  if ('problem' in parsed) return parsed;
  const { endpoint, certificates } = parsed;
  if (endpoint.kind === 'layout' && kindOf(files, endpoint.directory) !== 'directory') {
    return { problem: `${endpoint.directory} is no folder; give the one with index.json in it` };
  }
  if (endpoint.kind === 'archive' && kindOf(files, endpoint.file) !== 'file') {
    return { problem: `${endpoint.file} is no file; a folder is given as oci:DIR` };
  }
  if (endpoint.kind !== 'tls' || certificates === null) return { endpoint };
  const tls = readTlsMaterial(certificates, files);
  if ('problem' in tls) return tls;
  if (Object.keys(tls.material).length === 0) {
    return { problem: `${certificates} has none of ca.pem, cert.pem and key.pem` };
  }
  return { endpoint: { ...endpoint, ...tls.material } };
}

/** Whoever is on the way reads and changes what plain tcp carries, and an engine's API is as good as root. */
function refusePlainTcp(engines: readonly ConfiguredEngine[], problems: string[]): void {
  for (const { name, endpoint, origin } of engines) {
    if (endpoint.kind === 'tcp' && !isLoopback(endpoint.host)) {
      problems.push(
        `The engine ${name} (${origin}) would be reached over plain tcp beyond this machine. Use https:// or ssh://, or permit it with --insecure-engine.`,
      );
    }
  }
}
