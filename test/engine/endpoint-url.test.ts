import { describe, expect, it } from 'vitest';
import { parseEndpointUrl } from '../../src/engine/endpoint-url.ts';

describe('an endpoint URL', () => {
  it.each<[string, object]>([
    ['unix:///var/run/docker.sock', { kind: 'socket', path: '/var/run/docker.sock' }],
    ['unix:///a b/%20,=.sock', { kind: 'socket', path: '/a b/%20,=.sock' }],
    ['npipe:////./pipe/docker_engine', { kind: 'socket', path: '//./pipe/docker_engine' }],
    ['tcp://127.0.0.1:1234', { kind: 'tcp', host: '127.0.0.1', port: 1234 }],
    ['tcp://build.example/', { kind: 'tcp', host: 'build.example', port: 2375 }],
    ['http://socket_proxy', { kind: 'tcp', host: 'socket_proxy', port: 2375 }],
    ['tcp://[::1]:1', { kind: 'tcp', host: '::1', port: 1 }],
    ['TCP://localhost', { kind: 'tcp', host: 'localhost', port: 2375 }],
    ['https://build.example', { kind: 'tls', host: 'build.example', port: 2376 }],
    ['https://[fe80::1]:443', { kind: 'tls', host: 'fe80::1', port: 443 }],
    ['ssh://build', { kind: 'ssh', destination: 'build' }],
    ['ssh://me@build.example', { kind: 'ssh', destination: 'me@build.example' }],
    ['ssh://me@build:2222', { kind: 'ssh', destination: 'me@build', port: 2222 }],
    ['ssh://me@[::1]:22', { kind: 'ssh', destination: 'me@::1', port: 22 }],
    ['ssh://build/', { kind: 'ssh', destination: 'build' }],
    [
      'ssh://build/run/user/1000/podman/podman.sock',
      { kind: 'ssh', destination: 'build', socketPath: '/run/user/1000/podman/podman.sock' },
    ],
    ['oci:images', { kind: 'layout', directory: 'images' }],
    ['oci:/srv/a b', { kind: 'layout', directory: '/srv/a b' }],
    ['archive:../saved.tar', { kind: 'archive', file: '../saved.tar' }],
    ['sample', { kind: 'sample' }],
  ])('%s', (url, endpoint) => {
    expect(parseEndpointUrl(url)).toEqual({ endpoint, certificates: null });
  });

  it('names the folder of its certificates', () => {
    expect(parseEndpointUrl('https://build:1?certs=/etc/a=b%20c')).toEqual({
      endpoint: { kind: 'tls', host: 'build', port: 1 },
      certificates: '/etc/a=b%20c',
    });
  });

  it('of tcp means TLS, and its port, where the caller says so', () => {
    const endpoint = { kind: 'tls', host: 'build', port: 2376 };
    expect(parseEndpointUrl('tcp://build', { tls: true })).toMatchObject({ endpoint });
    expect(parseEndpointUrl('http://build', { tls: true })).toMatchObject({ endpoint });
    expect(parseEndpointUrl('unix:///a', { tls: true })).toMatchObject({
      endpoint: { kind: 'socket' },
    });
  });
});

describe('an endpoint URL is refused', () => {
  it.each<[string, string[]]>([
    ['when it is none', ['', 'docker', '/var/run/docker.sock', 'localhost:2375', ':', '://', '=']],
    [
      'of an unknown scheme',
      ['fd://', 'ftp://host', 'file:///x', 'javascript://x', '__proto__://'],
    ],
    ['of a socket without its whole path', ['unix://', 'unix://run/x', 'unix:/x', 'unix://./x']],
    ['of a pipe elsewhere', ['npipe://', 'npipe:////server/pipe/x', 'npipe:////./pipe/a/../b']],
    ['of tcp without a host', ['tcp://', 'tcp://:2375', 'tcp:///', 'https://', 'https://:1']],
    [
      'with a port that is none',
      ['tcp://a:0', 'tcp://a:65536', 'tcp://a:x', 'tcp://a:', 'ssh://a:0'],
    ],
    ['with a user where none can be', ['tcp://me@a', 'https://me:pw@a', 'http://@a']],
    ['with a path where none can be', ['tcp://a/v1', 'https://a/x?certs=/c', 'tcp://a//']],
    [
      'with a query or fragment',
      ['tcp://a?certs=/c', 'https://a?ca=/c', 'https://a?certs=', 'tcp://a#'],
    ],
    ['with two queries', ['https://a?certs=/c&x=1', 'ssh://a?certs=/c']],
    [
      'with brackets around no address',
      ['tcp://[]', 'tcp://[a]', 'https://[:::::::::]', 'ssh://[x]'],
    ],
    [
      'with spaces, line breaks or NUL',
      ['tcp://a b', 'unix:///a\nb', 'oci:a\u0000', 'ssh://a\t', '\u007f'],
    ],
    ['of a folder or file without its path', ['oci:', 'archive:', 'oci://x', 'archive:///x']],
  ])('%s', (_what, urls) => {
    for (const url of urls) expect(parseEndpointUrl(url), url).toHaveProperty('problem');
  });

  // It becomes arguments of ssh, and a command line of the shell on the other side.
  it.each([
    'ssh://',
    'ssh://-oProxyCommand=id',
    'ssh://-l@host',
    'ssh://me@-host',
    'ssh://[-oX]',
    'ssh://me@',
    'ssh://me:password@host',
    'ssh://a@b@host',
    'ssh://host;id',
    'ssh://host$(id)',
    'ssh://host`id`',
    'ssh://host|id',
    'ssh://host%20x',
    'ssh://höst',
    'ssh://DOMAIN\\me@host',
    'ssh://host/run/$(id)',
    'ssh://host/run/a b',
    "ssh://host/run/'",
    'ssh://host/run;id',
    'ssh://host/~/x',
    'ssh://host/run/../x',
    'ssh://host/run\n',
  ])('when ssh or a shell could misread it: %s', (url) => {
    expect(parseEndpointUrl(url)).toHaveProperty('problem');
  });
});
