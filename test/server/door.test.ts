import type http from 'node:http';
import { describe, expect, it } from 'vitest';
import { MESSAGES } from '../../src/errors.ts';
import { createDoor } from '../../src/server/door.ts';
import { createOwnHosts } from '../../src/server/own-hosts.ts';

const hosts = createOwnHosts({ scheme: 'http', host: '127.0.0.1', port: 4000, allowHosts: [] });

/** What is told of a request with these values of Host, and how it is refused. */
function knock(url: string, ...values: readonly string[]) {
  const told: string[] = [];
  const onRefused = (header: string, value: string) => void told.push(`${header} ${value}`);
  const door = createDoor({ hosts, allowOrigins: new Set(), token: null, onRefused });
  const rawHeaders = values.flatMap((value) => ['Host', value]);
  const request = { url, method: 'POST', rawHeaders, headers: { host: values[0] }, socket: {} };
  const from = door.origin(request as unknown as http.IncomingMessage);
  return { told, code: 'code' in from ? from.code : null };
}

describe('a refused Host', () => {
  it('is told, as it may be meant', () => {
    expect(knock('/graphql', 'images.example')).toEqual({
      told: ['Host images.example'],
      code: 'HOST_NOT_ALLOWED',
    });
  });

  it.each<[string, string, string[]]>([
    ['a target with a host of its own', 'http://x/graphql', ['localhost:4000']],
    ['such a target and its host', 'http://x/graphql', ['x']],
    ['a target that is no path', '*', ['localhost:4000']],
    ['two of them', '/graphql', ['localhost:4000', 'localhost:4000']],
    ['none', '/graphql', []],
    ['an empty one', '/graphql', ['']],
  ])('is not told where no option would let it in: %s', (_, url, values) => {
    expect(knock(url, ...values)).toEqual({ told: [], code: 'HOST_NOT_ALLOWED' });
  });
});

it.each([
  ['HOST_NOT_ALLOWED', '--allow-host'],
  ['ORIGIN_NOT_ALLOWED', '--allow-origin'],
  ['PERSISTED_QUERY_NOT_FOUND', 'Send the query itself'],
] as const)('%s says what to do next', (code, advice) => {
  expect(MESSAGES[code]).toContain(advice);
});
