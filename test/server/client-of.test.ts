import { X509Certificate } from 'node:crypto';
import { once } from 'node:events';
import http from 'node:http';
import https from 'node:https';
import type { AddressInfo } from 'node:net';
import { afterEach, describe, expect, it } from 'vitest';
import { clientOf } from '../../src/server/client-of.ts';
import { createCertificate } from '../config/config-inputs.ts';

const servers: http.Server[] = [];
afterEach(() => {
  for (const server of servers.splice(0)) server.close();
});

const of = (remoteAddress: string | undefined) =>
  clientOf({ socket: { remoteAddress } } as http.IncomingMessage);

describe('a client', () => {
  it.each([
    ['192.0.2.7', '192.0.2.7'],
    ['::ffff:192.0.2.7', '192.0.2.7'],
    ['::1', '0:0:0:0::/64'],
    ['2001:db8:1:2:3:4:5:6', '2001:db8:1:2::/64'],
    ['2001:db8:1:2::9', '2001:db8:1:2::/64'],
    ['2001:db8::1', '2001:db8:0:0::/64'],
    ['fe80::1%eth0', 'fe80:0:0:0::/64'],
    [undefined, 'local'],
  ])('at %s is %s', (address, client) => {
    expect(of(address)).toBe(client);
  });

  it('is not who it says that it is', async () => {
    const server = http.createServer((request, response) => response.end(clientOf(request)));
    servers.push(server.listen(0, '127.0.0.1'));
    await once(server, 'listening');
    const response = await fetch(`http://127.0.0.1:${(server.address() as AddressInfo).port}`, {
      headers: { 'x-forwarded-for': '192.0.2.1', forwarded: 'for=192.0.2.1' },
    });
    expect(await response.text()).toBe('127.0.0.1');
  });

  it.each<[string, boolean]>([
    ['is its certificate, where TLS has checked it', true],
    ['is its address, where there is no certificate', false],
  ])('%s', async (_, isGiven) => {
    const { cert, key } = createCertificate();
    const server = https.createServer(
      { cert, key, ca: cert, requestCert: true, rejectUnauthorized: false },
      (request, response) => response.end(clientOf(request)),
    );
    servers.push(server.listen(0, '127.0.0.1'));
    await once(server, 'listening');
    const { port } = server.address() as AddressInfo;
    const given = isGiven ? { cert, key } : {};
    const request = https.get({ host: '127.0.0.1', port, ca: cert, agent: false, ...given });
    const [response] = (await once(request, 'response')) as [http.IncomingMessage];
    const [chunk] = (await once(response, 'data')) as [Buffer];
    expect(chunk.toString()).toBe(isGiven ? new X509Certificate(cert).fingerprint256 : '127.0.0.1');
  });
});
