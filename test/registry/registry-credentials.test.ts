import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { createDockerCredentials } from '../../src/registry/registry-credentials.ts';

const HUB = 'https://index.docker.io/v1/';
const base64 = (text: string) => Buffer.from(text).toString('base64');

let folder: string;
let problems: string[];
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'imagegraph-credentials-'));
  problems = [];
});
afterEach(() => rmSync(folder, { recursive: true }));

/** What is shown to a registry, decoded; null for nothing. */
async function shownTo(registry: string, settings: unknown): Promise<unknown> {
  if (settings !== undefined) {
    const content = typeof settings === 'string' ? settings : JSON.stringify(settings);
    writeFileSync(join(folder, 'config.json'), content);
  }
  const PATH = `${folder}${delimiter}${process.env['PATH']}`;
  const credentials = createDockerCredentials({
    folder,
    environment: { PATH, GREETING: 'hello' },
    onProblem: (name, problem) => void problems.push(`${name}: ${problem}`),
  });
  const header = await credentials.find(registry);
  if (header === null) return null;
  expect(header).toMatch(/^[\w=-]+$/);
  return JSON.parse(Buffer.from(header, 'base64url').toString('utf8'));
}

/** A credential helper as a shell script. */
function writeHelper(name: string, script: string): void {
  const file = join(folder, `docker-credential-${name}`);
  writeFileSync(file, `#!/bin/sh\n${script}\n`);
  chmodSync(file, 0o755);
}

it.each<[string, string, unknown, unknown]>([
  [
    'name and password, with a colon in it',
    'ghcr.io',
    { auths: { 'ghcr.io': { auth: base64('me:a:b?~') } } },
    { username: 'me', password: 'a:b?~', serveraddress: 'ghcr.io' },
  ],
  [
    'those of Docker Hub under its old address',
    'docker.io',
    { auths: { [HUB]: { auth: base64('me:pw') } } },
    { username: 'me', password: 'pw', serveraddress: HUB },
  ],
  [
    'those under a URL',
    'r.example:5000',
    { auths: { 'https://r.example:5000': { auth: base64('me:pw') } } },
    { username: 'me', password: 'pw', serveraddress: 'r.example:5000' },
  ],
  [
    'an identity token',
    'r.example',
    { auths: { 'r.example': { auth: base64('me:pw'), identitytoken: 'token' } } },
    { identitytoken: 'token', serveraddress: 'r.example' },
  ],
  [
    'nothing of another registry',
    'ghcr.io',
    { auths: { 'quay.io': { auth: base64('me:pw') } } },
    null,
  ],
  ['nothing where there is none', 'ghcr.io', {}, null],
  ['nothing of an empty entry', 'ghcr.io', { auths: { 'ghcr.io': {} } }, null],
  ['nothing of an empty file', 'ghcr.io', '', null],
  ['nothing without a file', 'ghcr.io', undefined, null],
])('finds %s', async (_, registry, settings, expected) => {
  expect(await shownTo(registry, settings)).toEqual(expected);
  expect(problems).toEqual([]);
});

it('asks the helper of a registry before the store of all', async () => {
  writeHelper('one', `read server; echo '{"Username":"'$GREETING'","Secret":"'$server'"}'`);
  writeHelper('all', `echo '{"Username":"<token>","Secret":"identity"}'`);
  const settings = { credsStore: 'all', credHelpers: { 'ghcr.io': 'one' } };
  expect(await shownTo('ghcr.io', settings)).toEqual({
    username: 'hello',
    password: 'ghcr.io',
    serveraddress: 'ghcr.io',
  });
  expect(await shownTo('docker.io', settings)).toEqual({
    identitytoken: 'identity',
    serveraddress: HUB,
  });
});

it('goes without where a helper knows of nothing', async () => {
  writeHelper('none', 'echo credentials not found in native keychain; exit 1');
  expect(await shownTo('ghcr.io', { credsStore: 'none' })).toBeNull();
  expect(problems).toEqual([]);
});

it.each([
  ['takes its time', 'exec sleep 60'],
  ['waits for another that does', 'sleep 60; echo {}'],
])('goes without a helper that %s', async (_, script) => {
  writeHelper('slow', script);
  vi.useFakeTimers({ toFake: ['setTimeout'] });
  const shown = shownTo('ghcr.io', { credsStore: 'slow' });
  while (vi.getTimerCount() === 0) await new Promise(setImmediate);
  vi.advanceTimersByTime(10_000);
  vi.useRealTimers();
  expect(await shown).toBeNull();
  expect(problems).toEqual(['ghcr.io: docker-credential-slow failed']);
});

it.each<[string, unknown]>([
  ['config.json is no JSON', '{"auths": {"ghcr.io": {"auth": "c2VjcmV0"'],
  ['the name of the credential helper is no name', { credsStore: '../x' }],
  ['docker-credential-missing cannot be run', { credsStore: 'missing' }],
  ['docker-credential-broken failed', { credsStore: 'broken' }],
  ['docker-credential-odd printed no JSON', { credsStore: 'odd' }],
])('goes without and says why: %s', async (problem, settings) => {
  writeHelper('broken', 'echo a secret; exit 2');
  writeHelper('odd', 'echo a secret');
  expect(await shownTo('ghcr.io', settings)).toBeNull();
  expect(problems).toEqual([`ghcr.io: ${problem}`]);
});
