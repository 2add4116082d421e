import { describe, expect, it } from 'vitest';
import { helpText } from '../../src/config/help.ts';
import { optionsTable } from '../../src/config/options.ts';
import { DEFAULT_LIMITS, defaultLimits, limitsTable } from '../../src/limits/limits.ts';
import { configOf, createCertificate, problemsOf } from './config-inputs.ts';

const TOKEN = '0123456789abcdef0123456789abcdef';
const token = { '/token': `${TOKEN}\n` };
const documents = { '/documents': '{"a":"{ engines { name } }"}' };
const pair = createCertificate();
const other = createCertificate();
const odd = createCertificate('DNS:localhost', 'secp256k1');
const pem = { '/cert': pair.cert, '/key': pair.key, '/ca': other.cert, '/other': other.key };

const words = (...lines: string[]) => lines.flatMap((line) => line.split(' '));

describe('the configuration', () => {
  it('has defaults for everything', () => {
    expect(configOf({})).toEqual({
      action: 'serve',
      question: null,
      engines: [expect.objectContaining({ name: 'sample' })],
      sample: true,
      address: { host: '127.0.0.1', port: 4000 },
      isExposed: false,
      warnings: [],
      tokenFile: null,
      index: 'live',
      allowHosts: [],
      allowOrigins: [],
      tls: null,
      secrets: { token: null, tls: null },
      graphiql: true,
      responseCacheBytes: 32_000_000,
      slowOperationMs: 1_000,
      limits: DEFAULT_LIMITS,
      trustedDocuments: null,
      federation: false,
      registries: [],
      revealSecrets: false,
      insecureEngine: false,
    });
  });

  it('takes every option from the command line', () => {
    const argv = words(
      '--engine a=unix:///a.sock --engine=unix:///b.sock --host 0.0.0.0 --port=0',
      '--token-file /token --index off --allow-host Web:80 --allow-origin https://Example.com',
      '--tls-cert /cert --tls-key /key --tls-client-ca /ca --graphiql on --response-cache 64',
      '--slow-operation 500',
      '--limit depth=20 --limit rate=5 --trusted-documents /documents',
      '--registry ghcr.io --registry index.docker.io --reveal-secrets --insecure-engine',
    );
    expect(configOf({ argv, files: { ...token, ...pem, ...documents } })).toMatchObject({
      engines: [{ name: 'a' }, { name: 'b' }],
      sample: false,
      address: { host: '0.0.0.0', port: 0 },
      isExposed: true,
      warnings: [],
      tokenFile: '/token',
      index: 'off',
      allowHosts: ['web:80'],
      allowOrigins: ['https://example.com'],
      tls: { cert: '/cert', key: '/key', clientCa: '/ca' },
      secrets: {
        token: TOKEN,
        tls: { cert: pair.cert, key: pair.key, clientCa: other.cert },
      },
      graphiql: true,
      responseCacheBytes: 64_000_000,
      slowOperationMs: 500,
      limits: { ...defaultLimits(true), depth: 20, rate: 5 },
      trustedDocuments: new Map([['a', '{ engines { name } }']]),
      registries: ['ghcr.io', 'docker.io'],
      revealSecrets: true,
      insecureEngine: true,
    });
  });

  it('takes every option from the environment', () => {
    const env = {
      IMAGEGRAPH_ENGINE: 'a=unix:///a.sock, unix:///b.sock,',
      IMAGEGRAPH_HOST: '[::]',
      IMAGEGRAPH_PORT: '5000',
      IMAGEGRAPH_TOKEN_FILE: '/token',
      IMAGEGRAPH_INDEX: 'off',
      IMAGEGRAPH_ALLOW_HOST: 'web,web:80',
      IMAGEGRAPH_ALLOW_ORIGIN: 'http://localhost:3000',
      IMAGEGRAPH_TLS_CERT: '/cert',
      IMAGEGRAPH_TLS_KEY: '/key',
      IMAGEGRAPH_TLS_CLIENT_CA: '/ca',
      IMAGEGRAPH_GRAPHIQL: 'off',
      IMAGEGRAPH_RESPONSE_CACHE: '0',
      IMAGEGRAPH_SLOW_OPERATION: '0',
      IMAGEGRAPH_LIMIT: 'depth=20, page=100',
      IMAGEGRAPH_TRUSTED_DOCUMENTS: '/documents',
      IMAGEGRAPH_FEDERATION: 'on',
      IMAGEGRAPH_REGISTRY: 'docker.io,localhost:5000',
      IMAGEGRAPH_REVEAL_SECRETS: 'on',
      IMAGEGRAPH_INSECURE_ENGINE: 'true',
    };
    expect(Object.keys(env)).toEqual(optionsTable.flatMap((option) => option.env ?? []));
    expect(configOf({ env, files: { ...token, ...pem, ...documents } })).toMatchObject({
      engines: [{ name: 'a' }, { name: 'b' }],
      address: { host: '::', port: 5000 },
      index: 'off',
      allowHosts: ['web', 'web:80'],
      allowOrigins: ['http://localhost:3000'],
      tls: { clientCa: '/ca' },
      graphiql: false,
      responseCacheBytes: 0,
      slowOperationMs: 0,
      limits: { ...defaultLimits(true), depth: 20, page: 100 },
      trustedDocuments: new Map([['a', '{ engines { name } }']]),
      federation: true,
      registries: ['docker.io', 'localhost:5000'],
      revealSecrets: true,
      insecureEngine: true,
    });
  });

  it('goes by the command line where the environment says otherwise', () => {
    const env = { IMAGEGRAPH_PORT: '5000', IMAGEGRAPH_ENGINE: 'unix:///env.sock' };
    const argv = ['--port', '6000', '--engine', 'unix:///argument.sock'];
    const config = configOf({ argv, env });
    expect(config).toMatchObject({ address: { port: 6000 }, engines: [{ name: 'argument' }] });
  });

  it('takes an empty variable for none', () => {
    const env = { IMAGEGRAPH_PORT: '', IMAGEGRAPH_ENGINE: ' ', IMAGEGRAPH_REVEAL_SECRETS: '' };
    expect(configOf({ env })).toEqual(configOf({}));
  });

  it('ignores the variables that Kubernetes sets for a Service of the same name', () => {
    const env = { IMAGEGRAPH_PORT: 'tcp://10.0.0.7:4000', IMAGEGRAPH_SERVICE_HOST: '10.0.0.7' };
    expect(configOf({ env })).toEqual(configOf({}));
  });

  it('shows GraphiQL on loopback only, unless it is told', () => {
    const exposed = ['--host', '0.0.0.0', '--token-file', '/token', '--engine', 'unix:///a'];
    const graphiql = (argv: string[]) => configOf({ argv, files: token }).graphiql;
    expect(graphiql(['--host', '::1'])).toBe(true);
    expect(graphiql(exposed)).toBe(false);
    expect(graphiql([...exposed, '--graphiql', 'on'])).toBe(true);
  });

  it.each(['127.0.0.1', '127.9.9.9', '::1', '[::1]', 'localhost', '0:0:0:0:0:0:0:1'])(
    'needs no token to listen on %s',
    (host) => {
      expect(problemsOf({ argv: ['--host', host] })).toEqual([]);
    },
  );

  it.each(['0.0.0.0', '::', '10.0.0.1', 'example.com', 'localhost.example.com', '127.1', '0'])(
    'needs a token to listen on %s',
    (host) => {
      const argv = ['--engine', 'unix:///a', '--host', host];
      expect(problemsOf({ argv })).toEqual([expect.stringContaining('--token-file')]);
      expect(problemsOf({ argv: [...argv, '--token-file', '/token'], files: token })).toEqual([]);
    },
  );

  it('takes client certificates for a token', () => {
    const argv = words('--engine unix:///a --host 0.0.0.0 --tls-cert /cert --tls-key /key');
    expect(problemsOf({ argv, files: pem })).toEqual([expect.stringContaining('--tls-client-ca')]);
    const guarded = configOf({ argv: [...argv, '--tls-client-ca', '/ca'], files: pem });
    expect(guarded).toMatchObject({ isExposed: true, warnings: [] });
  });

  it('warns of a token that goes over the network without TLS', () => {
    const argv = words('--engine unix:///a --host 0.0.0.0 --token-file /token');
    expect(configOf({ argv, files: token }).warnings).toEqual([expect.stringContaining('TLS')]);
  });

  it.each([
    [0o600, 0],
    [0o400, 0],
    [0o444, 1],
    [0o644, 1],
  ])('takes a token file of mode %o with %i warnings', (mode, warnings) => {
    const files = { '/run/secrets/token': { text: TOKEN, mode } };
    const config = configOf({ argv: ['--token-file', '/run/secrets/token'], files });
    expect(config.tokenFile).toBe('/run/secrets/token');
    expect(config.warnings).toHaveLength(warnings);
    expect(config.warnings.join()).not.toContain(TOKEN);
  });

  it.each(['unix:///run/imagegraph.sock', 'unix:/run/imagegraph.sock'])(
    'listens on a socket file, which is this machine alone: %s',
    (host) => {
      expect(configOf({ argv: ['--host', host] })).toMatchObject({
        address: { socketPath: '/run/imagegraph.sock' },
        isExposed: false,
        graphiql: true,
      });
    },
  );
});

describe('problems', () => {
  it('are reported all at once, each with what to do', () => {
    const argv = words(
      '--bogus --port 70000 --host 0.0.0.0 --index maybe --engine nonsense',
      '--engine x=tcp://10.0.0.1 stray --tls-cert /none',
    );
    const env = { IMAGEGRAPH_GRAPHIQL: 'yes', IMAGEGRAPH_ALLOW_ORIGIN: '*' };
    const problems = problemsOf({ argv, env });
    const subjects = words(
      '"--bogus" "stray" "0.0.0.0" IMAGEGRAPH_GRAPHIQL --port --tls-cert',
      'IMAGEGRAPH_ALLOW_ORIGIN "nonsense" --engine --index',
    );
    expect(problems).toHaveLength(subjects.length);
    for (const subject of subjects) expect(problems.join('\n')).toContain(subject);
    const advice = /\b(see|give|set|choose|check|use|leave|none of)\b/i;
    for (const problem of problems) expect(problem).toMatch(advice);
  });

  it.each<[string, string[]]>([
    ['a port that is no number', ['--port', 'http']],
    ['a negative port', ['--port=-1']],
    ['a port in hex', ['--port', '0x10']],
    ['a port with a fraction', ['--port', '80.5']],
    ['a port beyond 65535', ['--port', '65536']],
    ['a cache of half a megabyte', ['--response-cache', '0.5']],
    ['a cache beyond a gigabyte', ['--response-cache', '1025']],
    ['an operation that is slow after an hour', ['--slow-operation', '3600000']],
    ['a limit without a number', ['--limit', 'depth']],
    ['a limit that there is not', ['--limit', 'width=3']],
    ['a limit of an odd name', ['--limit', '__proto__=3']],
    ['a limit of nothing', ['--limit', 'depth=']],
    ['a limit below its lowest', ['--limit', 'depth=0']],
    ['a limit beyond its highest', ['--limit', 'depth=101']],
    ['a limit in hex', ['--limit', 'depth=0x10']],
    ['a limit twice', ['--limit', 'depth=9', '--limit', 'depth=9']],
    ['a manifest that is not there', ['--trusted-documents', '/none']],
    ['a manifest that is no JSON', ['--trusted-documents', '/short']],
    ['a manifest of nothing', ['--trusted-documents', '/nothing']],
    ['a manifest of no texts', ['--trusted-documents', '/numbers']],
    ['a port twice', ['--port', '1', '--port', '2']],
    ['an option for a value', ['--port', '--host']],
    ['no value at the end', ['--port']],
    ['an empty value', ['--host=']],
    ['a host with a port', ['--host', '127.0.0.1:80']],
    ['a host with a path', ['--host', 'localhost/x']],
    ['a host of odd characters', ['--host', 'a b']],
    ['a value for a switch', ['--reveal-secrets=on']],
    ['a switch that is negated', ['--no-reveal-secrets']],
    ['a word for another', ['--graphiql', 'ON']],
    ['an unknown short option', ['-p']],
    ['a wildcard host', ['--allow-host', '*']],
    ['a host with a scheme', ['--allow-host', 'http://a']],
    ['a host with an odd port', ['--allow-host', 'a:0']],
    ['a registry with a path', ['--registry', 'ghcr.io/owner']],
    ['an IPv6 address without brackets and its port', ['--registry', '::1:5000']],
    ['an origin with a path', ['--allow-origin', 'https://a/']],
    ['an origin with a user', ['--allow-origin', 'https://me@a']],
    ['a wildcard origin', ['--allow-origin', 'https://*.example.com']],
    ['the null origin', ['--allow-origin', 'null']],
    ['an origin of a file', ['--allow-origin', 'file://x']],
    ['a token file that is not there', ['--token-file', '/none']],
    ['a token file that is empty', ['--token-file', '/empty']],
    ['a token that is short', ['--token-file', '/short']],
    ['a token of several lines', ['--token-file', '/lines']],
    ['a certificate without its key', ['--tls-cert', '/cert']],
    ['a key without its certificate', ['--tls-key', '/key']],
    ['a client CA without a certificate', ['--tls-client-ca', '/ca']],
    ['a key of another certificate', ['--tls-cert', '/cert', '--tls-key', '/other']],
    ['a certificate that is no PEM', ['--tls-cert', '/short', '--tls-key', '/key']],
    [
      'a client CA that is no PEM',
      ['--tls-cert', '/cert', '--tls-key', '/key', '--tls-client-ca', '/short'],
    ],
    [
      'a client CA that is a key',
      ['--tls-cert', '/cert', '--tls-key', '/key', '--tls-client-ca', '/key'],
    ],
    [
      'a certificate of a kind that no client takes',
      ['--tls-cert', '/odd/cert', '--tls-key', '/odd/key'],
    ],
  ])('come of %s', (_what, argv) => {
    const files = {
      ...pem,
      '/nothing': '{}',
      '/numbers': '{"a":1}',
      '/empty': '',
      '/short': 'short',
      '/odd/cert': odd.cert,
      '/odd/key': odd.key,
      '/lines': `${TOKEN}\n${TOKEN}`,
    };
    expect(problemsOf({ argv, files })).toHaveLength(1);
  });

  it('of limits name all that there are, and the bounds of one', () => {
    const [unknown] = problemsOf({ argv: ['--limit', 'width=3'] });
    for (const { name } of limitsTable) expect(unknown).toContain(name);
    const [beyond] = problemsOf({ env: { IMAGEGRAPH_LIMIT: 'page=5,depth=101' } });
    expect(beyond).toBe(
      'IMAGEGRAPH_LIMIT is "depth=101". Give depth a whole number from 1 to 100.',
    );
  });

  it.each([
    ['depth', 'Give depth a whole number from 1 to 100.'],
    ['depth=', 'Give depth a whole number from 1 to 100.'],
  ])('of a limit without a number name its bounds: %s', (limit, advice) => {
    expect(problemsOf({ argv: ['--limit', limit] })).toEqual([`--limit is "${limit}". ${advice}`]);
  });

  it('show no token', () => {
    const files = { '/token': 'hunter2' };
    expect(problemsOf({ argv: ['--token-file', '/token'], files }).join()).not.toContain('hunter2');
  });

  it.each<[string, string[], Record<string, string>]>([
    ['after an option that there is not', ['--token', 'hunter2'], {}],
    ['in place of its file', ['--token-file', TOKEN], {}],
    ['in place of its file, by a variable', [], { IMAGEGRAPH_TOKEN_FILE: TOKEN }],
    ['by itself', [TOKEN], {}],
    ['in the address of an engine', ['--engine', 'https://h:1?certs=/x&token=hunter2'], {}],
  ])('show no token %s', (_, argv, env) => {
    const problems = problemsOf({ argv, env }).join();
    expect(problems).not.toBe('');
    expect(problems).not.toMatch(new RegExp(`hunter2|${TOKEN}`));
  });

  it('show no password of a URL, no control characters, and no more than a line of a value', () => {
    const values = ['tcp://me:hunter2@host', '\u001b[2J', 'x'.repeat(10_000)];
    const problems = problemsOf({ argv: values.flatMap((value) => ['--engine', value]) });
    expect(problems).toHaveLength(3);
    expect(problems.join('')).not.toMatch(/hunter2|\p{Cc}/u);
    expect(Math.max(...problems.map(({ length }) => length))).toBeLessThan(400);
  });

  it('are found in variables by their names', () => {
    const env = { IMAGEGRAPH_PORT: 'x', IMAGEGRAPH_REVEAL_SECRETS: 'maybe' };
    const problems = problemsOf({ env });
    for (const name of Object.keys(env)) expect(problems.join('\n')).toContain(name);
  });

  it('do not come of __proto__ and the like', () => {
    const argv = ['--__proto__=x', '--constructor', '--toString=1'];
    expect(problemsOf({ argv })).toHaveLength(3);
    expect(Object.getOwnPropertyNames(Object.prototype)).not.toContain('x');
  });
});

describe('without serving', () => {
  it.each([
    [['--help'], 'help'],
    [['-h'], 'help'],
    [['--help', '--bogus', '--port', 'x'], 'help'],
    [['--version'], 'version'],
    [['--print-schema'], 'print-schema'],
    [['--print-schema', '--help'], 'help'],
  ])('%j means %s', (argv, action) => {
    expect(configOf({ argv })).toMatchObject({ action, engines: [] });
  });

  it('a schema is printed whatever the engines and the environment are like', () => {
    const env = { DOCKER_HOST: 'nonsense://', IMAGEGRAPH_PORT: 'x' };
    expect(configOf({ argv: ['--print-schema'], env }).action).toBe('print-schema');
  });

  it('an unknown option is a problem still', () => {
    expect(problemsOf({ argv: ['--print-schema', '--bogus'] })).toHaveLength(1);
  });
});

describe('the help text', () => {
  it('has every option, its variable and its default', () => {
    for (const { name, env, default: usual } of optionsTable) {
      expect(helpText()).toContain(`--${name}`);
      if (env !== null) expect(helpText()).toContain(env);
      if (usual !== null) expect(helpText().replaceAll(/\s+/g, ' ')).toContain(usual);
    }
  });

  it('fits a terminal of 80 columns', () => {
    expect(
      Math.max(
        ...helpText()
          .split('\n')
          .map(({ length }) => length),
      ),
    ).toBeLessThanOrEqual(80);
  });
});
