import { describe, expect, it } from 'vitest';
import { configOf, createCertificate, enginesOf, problemsOf } from './config-inputs.ts';

const SOCKET = { kind: 'socket' } as const;
const engines = (...urls: string[]) => urls.flatMap((url) => ['--engine', url]);

describe('engines that are named', () => {
  it('keep the names they are given', () => {
    const argv = engines('a=unix:///x.sock', 'B_2.c-d=ssh://me@host', '0=https://h?certs=/c');
    const { cert } = createCertificate();
    expect(
      enginesOf({ argv, files: { '/c/ca.pem': cert } }).map((text) => text.split('=')[0]),
    ).toEqual(['a', 'B_2.c-d', '0']);
  });

  it.each([
    ['unix:///var/run/docker.sock', 'docker'],
    ['unix:///run/docker-28.sock', 'docker-28'],
    ['unix:///run/.sock', 'sock'],
    ['unix:///', 'engine'],
    ['npipe:////./pipe/docker_engine', 'docker_engine'],
    ['tcp://127.0.0.1:1', '127.0.0.1'],
    ['tcp://[::1]:1', '1'],
    ['https://build.example:443', 'build.example'],
    ['ssh://me@build.example:22', 'build.example'],
    ['oci:/srv/my images/', 'my-images'],
    ['archive:saved.tar', 'saved'],
    ['archive:saved.tar.gz', 'saved'],
    ['sample', 'sample'],
    [`unix:///${'x'.repeat(100)}`, 'x'.repeat(63)],
  ])('are called after their URL otherwise: %s is %s', (url, name) => {
    const files = {
      '/srv/my images/': { kind: 'directory' },
      'saved.tar': 'tar',
      'saved.tar.gz': 'tar',
    } as const;
    expect(configOf({ argv: engines(url), files }).engines[0]?.name).toBe(name);
  });

  it('get a number where the name of another would be theirs', () => {
    const argv = engines('unix:///a/x.sock', 'unix:///b/x.sock', 'x=sample', 'unix:///c/x.sock');
    const { engines: named } = configOf({ argv });
    expect(named.map(({ name }) => name)).toEqual(['x-2', 'x-3', 'x', 'x-4']);
  });

  it('get a number within the length of a name', () => {
    const argv = engines(`unix:///1/${'x'.repeat(63)}`, `unix:///2/${'x'.repeat(63)}`);
    expect(configOf({ argv }).engines[1]?.name).toBe(`${'x'.repeat(61)}-2`);
  });

  it('may not share a name', () => {
    const problems = problemsOf({ argv: engines('a=unix:///x', 'a=unix:///y', 'a=unix:///z') });
    expect(problems).toEqual([expect.stringContaining('two engines are called a')]);
  });

  it.each([
    '=unix:///x',
    '-a=unix:///x',
    'a b=unix:///x',
    'é=unix:///x',
    `${'a'.repeat(64)}=sample`,
  ])('may not be called as in %s', (text) => {
    expect(problemsOf({ argv: [`--engine=${text}`] })).toEqual([
      expect.stringContaining('engine name'),
    ]);
  });

  it('are all there is: neither the environment of Docker nor a socket adds one', () => {
    const env = { DOCKER_HOST: 'tcp://127.0.0.1:1', DOCKER_CONTEXT: 'x', DOCKER_TLS_VERIFY: '1' };
    const files = { '/var/run/docker.sock': SOCKET };
    const argv = engines('unix:///a.sock', 'tcp://127.0.0.1:2376');
    expect(enginesOf({ argv, env, files })).toEqual([
      'a=socket:/a.sock',
      '127.0.0.1=tcp:127.0.0.1 2376',
    ]);
  });

  it('need not be there yet, as a socket', () => {
    expect(configOf({ argv: engines('unix:///none.sock') })).toMatchObject({ sample: false });
  });

  it('must be there, as a folder or a file', () => {
    const files = { dir: { kind: 'directory' }, 'a.tar': 'tar' } as const;
    expect(enginesOf({ argv: engines('oci:dir', 'archive:a.tar'), files })).toEqual([
      'dir=layout:dir',
      'a=archive:a.tar',
    ]);
    const argv = engines('oci:none', 'archive:none', 'oci:a.tar', 'archive:dir');
    expect(problemsOf({ argv, files })).toHaveLength(4);
  });

  it('say where they come from', () => {
    const env = { IMAGEGRAPH_ENGINE: 'a=unix:///x' };
    expect(configOf({ env }).engines[0]?.origin).toBe('IMAGEGRAPH_ENGINE unix:///x');
    const argv = engines('a=unix:///x');
    expect(configOf({ argv }).engines[0]?.origin).toBe('--engine unix:///x');
  });
});

describe('plain tcp', () => {
  const hosts = ['127.0.0.1', '127.1.2.3', '[::1]', 'localhost'];
  it.each(hosts)('is fine to %s', (host) => {
    expect(problemsOf({ argv: engines(`tcp://${host}:2375`) })).toEqual([]);
  });

  const others = ['10.0.0.1', 'socket-proxy', '0.0.0.0', '2130706433', '0x7f.1', '[::]', '127.1'];
  it.each(others)('is refused to %s without --insecure-engine', (host) => {
    const argv = engines(`tcp://${host}:2375`);
    expect(problemsOf({ argv })).toEqual([expect.stringContaining('--insecure-engine')]);
    expect(problemsOf({ argv: [...argv, '--insecure-engine'] })).toEqual([]);
  });

  it('is refused from DOCKER_HOST as well', () => {
    const env = { DOCKER_HOST: 'tcp://10.0.0.1:2375' };
    expect(problemsOf({ env })).toEqual([expect.stringContaining('https://')]);
  });
});

describe('certificates of ?certs=', () => {
  const { cert, key } = createCertificate();
  const argv = engines('https://build?certs=/c');
  const entriesOf = (names: Record<string, string>) =>
    Object.fromEntries(Object.entries(names).map(([name, text]) => [`/c/${name}.pem`, text]));

  it('become part of the endpoint', () => {
    const files = entriesOf({ ca: cert, cert, key });
    const endpoint = { kind: 'tls', host: 'build', port: 2376, ca: cert, cert, key };
    expect(configOf({ argv, files }).engines[0]?.endpoint).toEqual(endpoint);
  });

  it('may be a CA alone, or a certificate and its key', () => {
    expect(problemsOf({ argv, files: entriesOf({ ca: cert }) })).toEqual([]);
    expect(problemsOf({ argv, files: entriesOf({ cert, key }) })).toEqual([]);
  });

  it.each<[string, Record<string, string>]>([
    ['there are none', {}],
    ['there is no key', { ca: cert, cert }],
    ['there is no certificate', { ca: cert, key }],
    ['the key is of another', { cert, key: createCertificate().key }],
    ['the CA is no PEM', { ca: 'nonsense' }],
    ['the key is no PEM', { cert, key: 'nonsense' }],
  ])('are a problem when %s', (_what, names) => {
    expect(problemsOf({ argv, files: entriesOf(names) })).toHaveLength(1);
  });
});

describe('DOCKER_HOST', () => {
  const { cert, key } = createCertificate();

  it.each([
    ['unix:///x/docker.sock', 'docker=socket:/x/docker.sock'],
    ['tcp://127.0.0.1:1', '127.0.0.1=tcp:127.0.0.1 1'],
    ['127.0.0.1:1', '127.0.0.1=tcp:127.0.0.1 1'],
    ['https://build:443', 'build=tls:build 443'],
    ['ssh://me@build', 'build=ssh:me@build'],
  ])('%s is the only engine', (host, engine) => {
    const files = { '/var/run/docker.sock': SOCKET, '/home/me/.docker/ca.pem': cert };
    const env = { DOCKER_HOST: host, HOME: '/home/me', DOCKER_CONTEXT: 'none' };
    expect(enginesOf({ env, files })).toEqual([engine]);
  });

  it.each(['nonsense://x', 'unix://', 'tcp://', 'oci:dir', 'sample', 'https://x?certs=/c', ' '])(
    'is a problem when it is %s',
    (host) => {
      const problems = problemsOf({ env: { DOCKER_HOST: host }, files: { '/c/ca.pem': cert } });
      expect(problems).toHaveLength(1);
      expect(problems[0]).toContain('--');
    },
  );

  const home = { '/home/me/.docker/ca.pem': cert };
  const env = { DOCKER_HOST: 'tcp://build:2376', HOME: '/home/me' };
  const endpointOf = (more: Record<string, string>, files: Record<string, string>) =>
    configOf({ env: { ...env, ...more }, files }).engines[0]?.endpoint;

  it('is TLS with DOCKER_TLS_VERIFY, whatever that says, and the certificates of ~/.docker', () => {
    const expected = { kind: 'tls', host: 'build', port: 2376, ca: cert };
    for (const value of ['1', '0', 'false']) {
      expect(endpointOf({ DOCKER_TLS_VERIFY: value }, home)).toEqual(expected);
    }
  });

  it('is TLS on port 2376 when none is given', () => {
    const more = { DOCKER_HOST: 'tcp://build', DOCKER_TLS_VERIFY: '1' };
    expect(endpointOf(more, home)).toMatchObject({ kind: 'tls', port: 2376 });
  });

  it('takes the certificates of DOCKER_CERT_PATH, or else of DOCKER_CONFIG', () => {
    const files = { ...home, '/c/ca.pem': cert, '/c/cert.pem': cert, '/c/key.pem': key };
    const expected = { kind: 'tls', host: 'build', port: 2376, ca: cert, cert, key };
    const verify = { DOCKER_TLS_VERIFY: '1' };
    expect(endpointOf({ ...verify, DOCKER_CERT_PATH: '/c' }, files)).toEqual(expected);
    expect(endpointOf({ ...verify, DOCKER_CONFIG: '/c' }, files)).toEqual(expected);
  });

  it('is TLS without a check of the server with DOCKER_TLS alone', () => {
    const expected = { kind: 'tls', host: 'build', port: 2376, skipVerify: true };
    expect(endpointOf({ DOCKER_TLS: '1' }, {})).toEqual(expected);
    expect(endpointOf({ DOCKER_TLS: '1', DOCKER_TLS_VERIFY: '1' }, home)).not.toHaveProperty(
      'skipVerify',
    );
  });

  it('needs a CA to verify with', () => {
    const problems = problemsOf({ env: { ...env, DOCKER_TLS_VERIFY: '1' } });
    expect(problems).toEqual([expect.stringContaining('/home/me/.docker has no ca.pem')]);
  });

  it('has no use for TLS on a socket', () => {
    const more = { DOCKER_HOST: 'unix:///x', DOCKER_TLS_VERIFY: '1' };
    expect(endpointOf(more, {})).toEqual({ kind: 'socket', path: '/x' });
  });

  it('counts as absent when it is empty', () => {
    expect(configOf({ env: { DOCKER_HOST: '' } }).sample).toBe(true);
  });
});

describe('without any engine named', () => {
  it('every default socket that exists is one, by a name of its own', () => {
    const env = { HOME: '/home/me', XDG_RUNTIME_DIR: '/run/mine' };
    const files = {
      '/run/podman/podman.sock': SOCKET,
      '/run/mine/podman/podman.sock': SOCKET,
      '/run/mine/docker.sock': SOCKET,
      '/home/me/.docker/run/docker.sock': SOCKET,
      '/var/run/docker.sock': SOCKET,
    };
    expect(enginesOf({ env, files })).toEqual([
      'docker=socket:/var/run/docker.sock',
      'docker-desktop=socket:/home/me/.docker/run/docker.sock',
      'docker-rootless=socket:/run/mine/docker.sock',
      'podman=socket:/run/mine/podman/podman.sock',
      'podman-root=socket:/run/podman/podman.sock',
    ]);
    expect(configOf({ env, files }).sample).toBe(false);
  });

  it('the folder of the user stands in for XDG_RUNTIME_DIR', () => {
    const files = { '/run/user/1000/docker.sock': SOCKET };
    expect(enginesOf({ files })).toEqual(['docker-rootless=socket:/run/user/1000/docker.sock']);
    expect(configOf({ files, uid: 1001 }).sample).toBe(true);
    expect(configOf({ files, uid: null }).sample).toBe(true);
  });

  it('a socket that two paths lead to is one engine', () => {
    const files = {
      '/var/run/docker.sock': { linkTo: '/home/me/.docker/run/docker.sock' },
      '/home/me/.docker/run/docker.sock': SOCKET,
    };
    const env = { HOME: '/home/me' };
    expect(enginesOf({ env, files })).toEqual(['docker=socket:/var/run/docker.sock']);
  });

  it('what is no socket, or may not be looked at, is none', () => {
    const files = { '/var/run/docker.sock': 'text', '/run/podman/podman.sock': SOCKET };
    expect(enginesOf({ files })).toEqual(['podman-root=socket:/run/podman/podman.sock']);
    const refuse = (): never => {
      throw new Error('EACCES');
    };
    const closed = { readText: () => null, kindOf: refuse, modeOf: () => null, realPath: refuse };
    expect(configOf({ files: closed }).sample).toBe(true);
    expect(enginesOf({ files: { ...closed, kindOf: () => 'socket' }, env: {} })).toContain(
      'docker=socket:/var/run/docker.sock',
    );
  });

  it('on Windows the pipe is one', () => {
    const files = { '//./pipe/docker_engine': 'a pipe looks like a file' };
    const found = enginesOf({ files, platform: 'win32', uid: null });
    expect(found).toEqual(['docker=socket://./pipe/docker_engine']);
  });

  it('and without any socket the sample is shown, in plain words', () => {
    const { engines: shown, sample } = configOf({});
    expect(sample).toBe(true);
    expect(shown).toEqual([
      {
        name: 'sample',
        endpoint: { kind: 'sample' },
        origin: expect.stringContaining('no engine is named and no socket'),
      },
    ]);
  });

  it('the sample is never shown beyond loopback unless it is named', () => {
    const files = { '/token': 'x'.repeat(32) };
    const argv = ['--host', '0.0.0.0', '--token-file', '/token'];
    expect(problemsOf({ argv, files })).toEqual([expect.stringContaining('Name an engine')]);
    const named = configOf({ argv: [...argv, '--engine', 'sample'], files });
    expect(named).toMatchObject({ engines: [{ name: 'sample' }], sample: false });
  });

  it('the sample takes the place of nothing that is wrong', () => {
    expect(problemsOf({ env: { DOCKER_CONTEXT: 'none', HOME: '/' } })).toHaveLength(1);
    expect(problemsOf({ argv: engines('nonsense') })).toHaveLength(1);
  });
});
