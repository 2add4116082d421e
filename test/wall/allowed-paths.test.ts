import { describe, expect, it } from 'vitest';
import { routeOf } from '../../src/engine/allowed-paths.ts';
import { foreign } from './allowed-requests.ts';

const mayBeAsked = (method: string, path: string) => routeOf(method, path) !== null;
const ID = 'a'.repeat(64);
const DIGEST = `sha256:${ID}`;

/** Every endpoint of the Engine API 1.56, by method; those that may be asked are marked. */
const ENDPOINTS: Readonly<Record<string, readonly string[]>> = {
  GET: `+/_ping +/version +/info +/events +/system/df
    +/images/json +/images/alpine/json +/images/alpine/history +/images/alpine/attestations
    /images/alpine/get /images/get /images/search +/distribution/ghcr.io/a/b:1/json
    +/containers/json +/containers/${ID}/json /containers/web/json /containers/${ID}/top
    /containers/${ID}/logs /containers/${ID}/changes /containers/${ID}/export /containers/${ID}/stats
    /containers/${ID}/archive /containers/${ID}/attach/ws /exec/${ID}/json
    /networks /networks/host /volumes /volumes/data /plugins /plugins/privileges /plugins/p/json
    /swarm /swarm/unlockkey /nodes /nodes/n /services /services/s /services/s/logs
    /tasks /tasks/t /tasks/t/logs /secrets /secrets/s /configs /configs/c`.split(/\s+/),
  HEAD: `+/_ping /images/json /images/alpine/json /containers/${ID}/archive /info /version`.split(
    /\s+/,
  ),
  POST: `/auth /build /build/prune /commit /session /grpc
    /images/create /images/load /images/alpine/push /images/alpine/tag /images/prune
    /containers/create /containers/prune /containers/${ID}/attach /containers/${ID}/exec
    /containers/${ID}/kill /containers/${ID}/pause /containers/${ID}/rename /containers/${ID}/resize
    /containers/${ID}/restart /containers/${ID}/start /containers/${ID}/stop /containers/${ID}/unpause
    /containers/${ID}/update /containers/${ID}/wait /containers/${ID}/json /exec/${ID}/start
    /exec/${ID}/resize /networks/create /networks/prune /networks/n/connect /networks/n/disconnect
    /volumes/create /volumes/prune /plugins/pull /plugins/create /plugins/p/enable /plugins/p/disable
    /plugins/p/push /plugins/p/set /plugins/p/upgrade /swarm/init /swarm/join /swarm/leave /swarm/unlock
    /swarm/update /nodes/n/update /services/create /services/s/update /secrets/create
    /secrets/s/update /configs/create /configs/c/update /_ping /images/json`.split(/\s+/),
  PUT: `/containers/${ID}/archive /volumes/data`.split(/\s+/),
  DELETE:
    `/images/alpine /containers/${ID} /networks/n /volumes/data /plugins/p /nodes/n /services/s
    /secrets/s /configs/c`.split(/\s+/),
};

const matrix = Object.entries(ENDPOINTS).flatMap(([method, paths]) =>
  paths.map((path) => [method, path.replace(/^\+/, ''), path.startsWith('+')] as const),
);

describe(`of ${matrix.length} endpoints of the Engine API`, () => {
  it.each(matrix)('%s %s may be asked: %s', (method, path, may) => {
    expect(mayBeAsked(method, path)).toBe(may);
  });

  it('no other method opens those that may be asked', () => {
    const open = matrix.filter(([, , may]) => may).map(([, path]) => path);
    for (const method of [
      'POST',
      'PUT',
      'PATCH',
      'DELETE',
      'OPTIONS',
      'CONNECT',
      'TRACE',
      'get',
      ' GET',
      '',
    ]) {
      for (const path of open) expect(mayBeAsked(method, path), `${method} ${path}`).toBe(false);
    }
  });

  it('no beginning or end opens those that may not', () => {
    const shut = matrix
      .filter(([method, , may]) => method === 'GET' && !may)
      .map(([, path]) => path);
    for (const path of shut) {
      const dressed = [
        `/images/..${path}`,
        `${path}/../images/json`,
        `${path}?/images/json`,
        `${path}\n`,
      ];
      for (const around of [...dressed, `${path}#/json`, `http://engine${path}`, `/v1.51${path}`]) {
        expect(mayBeAsked('GET', around), around).toBe(false);
      }
    }
  });

  it.each([
    '/images/../containers/json',
    '/images/x/../../info/json',
    '/images/./json',
    '/images/%2e%2e/json',
    '/images/a%2fb/json',
    '/images/a%5cb/json',
    '/images/%252e%252e/json',
    '/images//json',
    '/images/a//b/json',
    '/images/a?b/json',
    '/images/a#b/json',
    '/images/a b/json',
    '/images/a\r\nX-Evil: 1/json',
    '/images/a/json\n',
    '/images/а/json',
    '//images/json',
    '/images/json/',
    'images/json',
    'http://x/images/json',
    '/v1.51/images/json',
    `/containers/${ID}f/json`,
    `/containers/${ID.slice(1)}/json`,
    `/containers/${ID.toUpperCase()}/json`,
    `/containers/${DIGEST}/json`,
  ])('a path that is not plain may not be asked: %j', (path) => {
    expect(mayBeAsked('GET', path)).toBe(false);
  });
});

describe('the list that requests are held against', () => {
  const ask = (line: string, header = 'Host: docker') => foreign([`${line} HTTP/1.1\r\n${header}`]);

  it('knows what the gateway sends', () => {
    expect(ask('GET /v1.51/images/json?all=1&manifests=1')).toEqual([]);
    expect(ask(`GET /v1.51/images/${DIGEST}/json?manifests=1`)).toEqual([]);
    expect(ask('HEAD /_ping')).toEqual([]);
  });

  it.each([
    'POST /v1.51/images/prune',
    'GET /v1.51/containers/../images/json',
    'GET /v1.51/images/../containers/json',
    'GET /v1.51/images/%2e%2e/json',
    'GET /v1.51/images/json?fromImage=x',
    'GET /v1.51/containers/web/archive',
    'GET http://x/v1.51/images/json',
  ])('knows what is foreign: %s', (line) => {
    expect(ask(line)).toHaveLength(1);
  });

  it.each(['X-Evil: 1', 'Host: docker\r\nX-Evil: 1'])('knows a foreign header: %j', (header) => {
    expect(ask('GET /v1.51/images/json', header)).toHaveLength(1);
  });
});
