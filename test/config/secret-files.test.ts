import { describe, expect, it } from 'vitest';
import type { ConfigFiles } from '../../src/config/config-files.ts';
import { readSecretsAgain } from '../../src/config/secret-files.ts';
import { configOf, createCertificate, filesOf, problemsOf } from './config-inputs.ts';

const TOKEN = '0123456789abcdef0123456789abcdef';
const pair = createCertificate();
const other = createCertificate();
const odd = createCertificate('DNS:localhost', 'secp256k1');
const pem = { '/cert': pair.cert, '/key': pair.key, '/ca': other.cert, '/token': TOKEN };
const options = (paths: Record<string, string>) =>
  Object.entries(paths).flatMap(([name, path]) => [`--${name}`, path]);
const ALL = {
  'token-file': '/token',
  'tls-cert': '/cert',
  'tls-key': '/key',
  'tls-client-ca': '/ca',
};

describe('secrets', () => {
  it('are read once: what comes out of a pipe comes once', () => {
    const left = new Map<string, string>(Object.entries(pem));
    const pipes: ConfigFiles = {
      ...filesOf(pem),
      readText(path) {
        const text = left.get(path) ?? '';
        left.delete(path);
        return text;
      },
    };
    expect(configOf({ argv: options(ALL), files: pipes }).secrets).toEqual({
      token: TOKEN,
      tls: { cert: pair.cert, key: pair.key, clientCa: other.cert },
    });
  });

  it('are those of now when they are read again', () => {
    const config = configOf({ argv: options(ALL), files: pem });
    const renewed = { '/cert': other.cert, '/key': other.key, '/ca': pair.cert };
    const files = filesOf({ ...renewed, '/token': `${TOKEN}2\n` });
    expect(readSecretsAgain(config, files)).toEqual({
      secrets: {
        token: `${TOKEN}2`,
        tls: { cert: other.cert, key: other.key, clientCa: pair.cert },
      },
    });
  });

  it('that cannot be used say which file, and why, and nothing that is in it', () => {
    const config = configOf({ argv: options(ALL), files: pem });
    const files = filesOf({ '/token': 'hunter2', '/cert': pair.cert, '/ca': other.cert });
    expect(readSecretsAgain(config, files)).toEqual({
      problems: [
        expect.stringContaining('--token-file: "/token" does not hold one token of 32'),
        expect.stringContaining('--tls-key: "/key" cannot be read'),
      ],
    });
    expect(JSON.stringify(readSecretsAgain(config, files))).not.toContain('hunter2');
  });
});

describe('a PEM file that cannot be used', () => {
  const files = { ...pem, '/empty': '', '/odd/cert': odd.cert, '/odd/key': odd.key };
  const { 'token-file': _, ...tls } = ALL;
  it.each<[string, Partial<typeof tls>, string]>([
    ['is named, as a client CA', { 'tls-client-ca': '/empty' }, '--tls-client-ca "/empty": the CA'],
    [
      'is named, as a certificate',
      { 'tls-cert': '/empty' },
      '--tls-cert "/empty": the certificate',
    ],
    [
      'is named, where no client takes its kind',
      { 'tls-cert': '/odd/cert', 'tls-key': '/odd/key' },
      '--tls-cert "/odd/cert": clients take no',
    ],
    [
      'is named with what it does not fit',
      { 'tls-key': '/odd/key' },
      '--tls-cert "/cert", --tls-key "/odd/key": the PEM files cannot be used',
    ],
  ])('%s', (_what, changed, beginning) => {
    const problems = problemsOf({ argv: options({ ...tls, ...changed }), files });
    expect(problems).toHaveLength(1);
    expect(problems[0]?.slice(0, beginning.length)).toBe(beginning);
    expect(problems[0]).toMatch(/give|needs/);
  });

  it('is named by the variable that it was given in', () => {
    const env = {
      IMAGEGRAPH_TLS_CERT: '/cert',
      IMAGEGRAPH_TLS_KEY: '/key',
      IMAGEGRAPH_TLS_CLIENT_CA: '/empty',
    };
    const [problem] = problemsOf({ env, files });
    expect(problem).toMatch(/^IMAGEGRAPH_TLS_CLIENT_CA "\/empty": /);
  });
});
