import type { FilledEngine } from './facts.ts';

/** Minor API versions that each engine is asked at, its newest first: those at which an answer changes. */
export const API_VERSIONS: Readonly<Record<string, readonly number[]>> = {
  'docker-20': [41],
  'docker-28-containerd': [51, 48, 47, 44, 43, 24],
  'docker-28-graph': [51, 44, 43, 24],
  'podman-5': [44, 41],
};

/** Paths by the name of the file that keeps their answer. */
export type Questions = Readonly<Record<string, string>>;

/** What src/engine asks at this version, each as it asks it. */
export function basicQuestions(facts: FilledEngine, api: number): Questions {
  return {
    version: '/version',
    info: '/info',
    images: '/images/json?all=1&manifests=1',
    containers: '/containers/json?all=1',
    // Below API 1.42 a list does not know the parameter, and src/engine asks for disk usage instead.
    ...(api < 42 ? { 'system-df': '/system/df' } : {}),
    ...inspectQuestions(api, {
      dangling: facts.danglingId,
      'multi-platform': facts.multiPlatform,
      'two-repositories': facts.twoRepositories[0] ?? null,
      ...Object.fromEntries(
        Object.entries(facts.dates).map(([date, name]) => [`date-${date.toLowerCase()}`, name]),
      ),
    }),
  };
}

/** What an engine is asked at its newest version only. */
export function furtherQuestions(facts: FilledEngine, api: number): Questions {
  return {
    'images-default': '/images/json',
    'images-all': '/images/json?all=1',
    'images-shared-size': '/images/json?all=1&shared-size=1',
    ...inspectQuestions(api, {
      'chain-top': facts.chain.at(-1) ?? null,
      imported: facts.imported,
      'by-digest': facts.byDigest,
      'odd-labels': facts.oddLabels,
      partial: facts.partial,
      emptied: facts.emptied,
    }),
    ...historyQuestions(facts),
  };
}

type NamesByFile = Readonly<Record<string, string | null>>;

function inspectQuestions(api: number, names: NamesByFile): Questions {
  // From 1.48 on src/engine asks for manifests; the engines before do not know the parameter.
  const query = api >= 48 ? '?manifests=1' : '';
  return questionsOf('inspect', names, (name) => `/images/${name}/json${query}`);
}

function historyQuestions(facts: FilledEngine): Questions {
  const names = {
    'chain-top': facts.chain.at(-1) ?? null,
    imported: facts.imported,
    'multi-platform': facts.multiPlatform,
    emptied: facts.emptied,
  };
  return questionsOf('history', names, (name) => `/images/${name}/history`);
}

function questionsOf(
  folder: string,
  names: NamesByFile,
  toPath: (name: string) => string,
): Questions {
  const there = Object.entries(names).flatMap(([file, name]) =>
    name === null ? [] : [{ file, name }],
  );
  return Object.fromEntries(there.map(({ file, name }) => [`${folder}/${file}`, toPath(name)]));
}

/** Questions that some engine refuses, or answers otherwise than with JSON: status and body are kept. */
export function refusedQuestions(facts: FilledEngine): Questions {
  const platform = encodeURIComponent('{"os":"plan9","architecture":"amd64"}');
  const filters = encodeURIComponent('{"colour":["red"]}');
  const since = encodeURIComponent('{"since":["demo/missing:1"]}');
  return {
    'missing-name': '/images/demo/missing:1/json',
    'missing-id': `/images/sha256:${'0'.repeat(64)}/json`,
    'missing-history': '/images/demo/missing:1/history',
    'upper-case': '/images/UPPER:1/json',
    'unknown-filter': `/images/json?filters=${filters}`,
    'filters-no-json': '/images/json?filters=x',
    'since-missing': `/images/json?filters=${since}`,
    'digests-wanted': '/images/json?digests=1',
    'foreign-platform': `/images/${facts.multiPlatform}/json?platform=${platform}`,
    'manifests-and-platform': `/images/${facts.multiPlatform}/json?manifests=1&platform=${platform}`,
    'not-in-registry': '/distribution/127.0.0.1:5000/team/missing:1/json',
    attestations: `/images/${facts.multiPlatform}/attestations`,
    'no-endpoint': '/nowhere',
  };
}

/** Versions that an engine may refuse, asked with a prefix of their own. */
export const REFUSED_VERSIONS: Questions = {
  'api-too-old': '/v1.11/images/json',
  'api-1-23': '/v1.23/images/json',
  'api-too-new': '/v1.99/_ping',
};
