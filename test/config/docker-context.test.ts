import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import {
  mkdirSync,
  mkdtempSync,
  readFileSync,
  realpathSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { ConfigFiles } from '../../src/config/config-files.ts';
import { configOf, createCertificate, enginesOf, problemsOf } from './config-inputs.ts';

const { cert, key } = createCertificate();
const keyOf = (context: string) => createHash('sha256').update(context).digest('hex');
const home = mkdtempSync(join(tmpdir(), 'imagegraph-context-'));
const settings = join(home, '.docker');

// Real files, in the layout that docker context create writes.
const files: ConfigFiles = {
  modeOf: () => null,
  readText(path) {
    try {
      return readFileSync(path, 'utf8');
    } catch {
      return null;
    }
  },
  kindOf(path) {
    const stats = statSync(path, { throwIfNoEntry: false });
    // The sockets of the machine that this runs on are nobody's business here.
    if (stats === undefined || !path.startsWith(home)) return null;
    if (stats.isDirectory()) return 'directory';
    return stats.isSocket() ? 'socket' : 'file';
  },
  realPath: (path) => realpathSync(path),
};

function write(path: string, content: unknown): void {
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, typeof content === 'string' ? content : JSON.stringify(content));
}

function writeContext(name: string, docker: unknown, pem: Record<string, string> = {}): void {
  const meta = { Name: name, Metadata: { Description: 'x' }, Endpoints: { docker } };
  write(join(settings, 'contexts/meta', keyOf(name), 'meta.json'), meta);
  for (const [file, text] of Object.entries(pem)) {
    write(join(settings, 'contexts/tls', keyOf(name), 'docker', file), text);
  }
}

const use = (context: string) => ({ env: { HOME: home, DOCKER_CONTEXT: context }, files });

beforeAll(() => {
  writeContext('colima', { Host: `unix://${home}/colima.sock`, SkipTLSVerify: false });
  writeContext('build', { Host: 'ssh://me@build' });
  writeContext('Mein Rechner', { Host: 'ssh://rechner' });
  writeContext('plain', { Host: 'tcp://127.0.0.1:2375' });
  writeContext(
    'tls',
    { Host: 'tcp://far:2376' },
    { 'ca.pem': cert, 'cert.pem': cert, 'key.pem': key },
  );
  writeContext('skip', { Host: 'tcp://far', SkipTLSVerify: true });
  writeContext('https', { Host: 'https://far' });
  writeContext('hostless', { SkipTLSVerify: false });
  writeContext('number', { Host: 5 });
  writeContext('odd', { Host: 'fd://' });
  writeContext('insecure', { Host: 'tcp://far:2375' });
  writeContext('keyless', { Host: 'tcp://far' }, { 'cert.pem': cert });
  writeContext('kubernetes', null);
  write(join(settings, 'contexts/meta', keyOf('broken'), 'meta.json'), '{');
});

afterAll(() => rmSync(home, { recursive: true }));

describe('a Docker context', () => {
  it.each([
    ['colima', `colima=socket:${home}/colima.sock`],
    ['build', 'build=ssh:me@build'],
    ['Mein Rechner', 'Mein-Rechner=ssh:rechner'],
    ['plain', 'plain=tcp:127.0.0.1 2375'],
    ['https', 'https=tls:far 2376'],
    ['skip', 'skip=tls:far 2376 true'],
    ['hostless', 'hostless=socket:/var/run/docker.sock'],
  ])('%s is the engine', (context, engine) => {
    expect(enginesOf(use(context))).toEqual([engine]);
  });

  it('brings its certificates', () => {
    expect(configOf(use('tls')).engines).toEqual([
      {
        name: 'tls',
        endpoint: { kind: 'tls', host: 'far', port: 2376, ca: cert, cert, key },
        origin: 'the Docker context tls (DOCKER_CONTEXT)',
      },
    ]);
  });

  it.each([
    ['none', 'meta.json cannot be read'],
    ['../../../etc', 'meta.json cannot be read'],
    ['broken', 'describes no Docker endpoint'],
    ['kubernetes', 'describes no Docker endpoint'],
    ['number', 'is no text'],
    ['odd', 'fd:// is not supported'],
    ['keyless', 'add the other one'],
    ['insecure', '--insecure-engine'],
  ])('%s is a problem: %s', (context, problem) => {
    expect(problemsOf(use(context))).toEqual([expect.stringContaining(problem)]);
  });

  it('can be named as an engine, by a name of its own or the one it has', () => {
    const argv = ['--engine', 'context:build', '--engine', 'near=context:colima'];
    expect(enginesOf({ argv, env: { HOME: home }, files })).toEqual([
      'build=ssh:me@build',
      `near=socket:${home}/colima.sock`,
    ]);
  });

  it.each(['context:', 'context:default', 'context:none'])('cannot be named as %s', (url) => {
    expect(problemsOf({ argv: ['--engine', url], env: { HOME: home }, files })).toHaveLength(1);
  });
});

describe('the current Docker context', () => {
  const current = (content: unknown, env: Record<string, string> = {}) => {
    const folder = mkdtempSync(join(home, 'settings-'));
    symlinkSync(join(settings, 'contexts'), join(folder, 'contexts'));
    write(join(folder, 'config.json'), content);
    return { env: { HOME: home, DOCKER_CONFIG: folder, ...env }, files };
  };

  it('is that of config.json in DOCKER_CONFIG', () => {
    const found = current({ currentContext: 'build', auths: {} });
    expect(enginesOf(found)).toEqual(['build=ssh:me@build']);
    expect(configOf(found).engines[0]?.origin).toContain(`config.json`);
  });

  it('is that of config.json in ~/.docker', () => {
    write(join(settings, 'config.json'), { currentContext: 'colima' });
    expect(enginesOf({ env: { HOME: home }, files })).toEqual([
      `colima=socket:${home}/colima.sock`,
    ]);
    rmSync(join(settings, 'config.json'));
  });

  it('goes after DOCKER_CONTEXT, which goes after DOCKER_HOST', () => {
    const found = current({ currentContext: 'colima' }, { DOCKER_CONTEXT: 'build' });
    expect(enginesOf(found)).toEqual(['build=ssh:me@build']);
    const env = { ...found.env, DOCKER_HOST: 'unix:///x.sock' };
    expect(enginesOf({ env, files })).toEqual(['x=socket:/x.sock']);
  });

  it.each<[string, unknown]>([
    ['default', { currentContext: 'default' }],
    ['empty', { currentContext: '' }],
    ['no text', { currentContext: 5 }],
    ['not given', {}],
    ['in an empty file', ''],
  ])('means the default sockets when it is %s', (_what, content) => {
    expect(configOf(current(content)).sample).toBe(true);
  });

  it('means the default sockets when DOCKER_CONTEXT is default', () => {
    const found = current({ currentContext: 'build' }, { DOCKER_CONTEXT: 'default' });
    expect(configOf(found).sample).toBe(true);
  });

  it.each(['{', '[]', 'null', '"x"'])('is a problem when config.json is %s', (content) => {
    expect(problemsOf(current(content))).toEqual([expect.stringContaining('Repair it')]);
  });

  it('leaves a broken config.json alone when an engine is named', () => {
    const argv = ['--engine', 'unix:///x.sock'];
    expect(enginesOf({ ...current('{'), argv })).toEqual(['x=socket:/x.sock']);
  });
});

describe('a socket file that nobody listens on', () => {
  it('is an engine that is down, not a reason to show the sample', () => {
    const path = join(home, '.docker/run/docker.sock');
    mkdirSync(dirname(path), { recursive: true });
    // A process that is killed leaves its socket file behind.
    const script = 'net.createServer().listen(process.argv[1], () => process.kill(process.pid, 9))';
    spawnSync(process.execPath, ['-e', script, path]);
    expect(enginesOf({ env: { HOME: home }, files })).toEqual([`docker-desktop=socket:${path}`]);
  });
});
