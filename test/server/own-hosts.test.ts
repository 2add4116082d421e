import type http from 'node:http';
import { describe, expect, it } from 'vitest';
import { createOwnHosts, type OwnHostsOptions } from '../../src/server/own-hosts.ts';

const LOOPBACK: OwnHostsOptions = { scheme: 'http', host: '127.0.0.1', port: 80, allowHosts: [] };

/** Whether a request with this Host, and Origin, means a server. */
function answerOf(
  options: Partial<OwnHostsOptions>,
  host: string,
  origin?: string,
  localAddress = '127.0.0.1',
) {
  const hosts = createOwnHosts({ ...LOOPBACK, ...options });
  const localPort = options.port ?? 80;
  const request = { rawHeaders: ['Host', host], socket: { localAddress, localPort } };
  const own = hosts.hostOf(request as unknown as http.IncomingMessage);
  if (own === null) return 'foreign host';
  return origin === undefined || hosts.isOwnOrigin(origin, own) ? 'own' : 'foreign origin';
}

describe('at port 80, which clients leave out', () => {
  it.each([
    ['localhost', undefined, 'own'],
    ['127.0.0.1', undefined, 'own'],
    ['[::1]', undefined, 'own'],
    ['LocalHost:80', undefined, 'own'],
    ['localhost', 'http://localhost', 'own'],
    ['localhost:80', 'http://localhost', 'own'],
    ['localhost', 'http://localhost:80', 'own'],
    ['localhost', 'https://localhost', 'foreign origin'],
    ['localhost', 'http://localhost:8080', 'foreign origin'],
    ['localhost', 'http://evil.example', 'foreign origin'],
    ['localhost:8080', undefined, 'foreign host'],
    ['evil.example', undefined, 'foreign host'],
    ['evil.example:80', undefined, 'foreign host'],
    ['', undefined, 'foreign host'],
  ])('Host %j with Origin %j is %s', (host, origin, answer) => {
    expect(answerOf({}, host, origin)).toBe(answer);
  });
});

describe('at another port', () => {
  it.each([
    ['localhost:4000', undefined, 'own'],
    ['localhost:4000', 'http://localhost:4000', 'own'],
    ['Gateway.Internal:4000', undefined, 'own'],
    ['localhost', undefined, 'foreign host'],
    ['localhost:80', undefined, 'foreign host'],
    ['localhost:4000', 'http://localhost', 'foreign origin'],
  ])('Host %j with Origin %j is %s', (host, origin, answer) => {
    expect(answerOf({ host: 'Gateway.internal', port: 4000 }, host, origin)).toBe(answer);
  });
});

describe('with TLS, whose port 443 clients leave out', () => {
  it.each([
    ['localhost', 'https://localhost', 'own'],
    ['localhost:443', 'https://localhost:443', 'own'],
    ['localhost', 'http://localhost', 'foreign origin'],
    ['localhost:80', undefined, 'foreign host'],
  ])('Host %j with Origin %j is %s', (host, origin, answer) => {
    expect(answerOf({ scheme: 'https', port: 443 }, host, origin)).toBe(answer);
  });
});

describe('on all addresses', () => {
  const everywhere = { host: '0.0.0.0', port: 4000 };
  it.each([
    ['localhost:4000', '10.0.0.7', 'own'],
    ['10.0.0.7:4000', '10.0.0.7', 'own'],
    ['10.0.0.7:4000', '::ffff:10.0.0.7', 'own'],
    ['[fd00::7]:4000', 'fd00::7', 'own'],
    ['10.0.0.8:4000', '10.0.0.7', 'foreign host'],
    ['10.0.0.7', '10.0.0.7', 'foreign host'],
    ['0.0.0.0:4000', '10.0.0.7', 'foreign host'],
    ['evil.example:4000', '10.0.0.7', 'foreign host'],
  ])('Host %j at %s is %s', (host, localAddress, answer) => {
    expect(answerOf(everywhere, host, undefined, localAddress)).toBe(answer);
  });
});

describe('with further hosts', () => {
  const allowed = {
    port: 4000,
    allowHosts: ['images.example.com', 'imagegraph:4000', 'localhost:8080'],
  };
  it.each([
    ['images.example.com', undefined, 'own'],
    ['Images.Example.com', undefined, 'own'],
    // A reverse proxy may take TLS off.
    ['images.example.com', 'https://images.example.com', 'own'],
    ['images.example.com', 'http://images.example.com', 'own'],
    ['images.example.com', 'https://localhost:8080', 'foreign origin'],
    ['imagegraph:4000', undefined, 'own'],
    ['localhost:8080', 'http://localhost:8080', 'own'],
    ['imagegraph', undefined, 'foreign host'],
    ['a.images.example.com', undefined, 'foreign host'],
    ['images.example.com:4000', undefined, 'foreign host'],
  ])('Host %j with Origin %j is %s', (host, origin, answer) => {
    expect(answerOf(allowed, host, origin)).toBe(answer);
  });
});

describe('over a unix socket', () => {
  it.each([
    ['localhost', 'own'],
    ['images.example.com', 'own'],
    ['docker', 'foreign host'],
    ['localhost:80', 'own'],
    ['', 'foreign host'],
  ])('Host %j is %s', (host, answer) => {
    const options = { host: null, port: 0, allowHosts: ['images.example.com'] };
    const hosts = createOwnHosts({ ...LOOPBACK, ...options });
    const request = { rawHeaders: ['Host', host], socket: {} } as http.IncomingMessage;
    expect(hosts.hostOf(request) === null ? 'foreign host' : 'own').toBe(answer);
  });
});
