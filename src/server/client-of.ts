import type { IncomingMessage } from 'node:http';
import { isIPv6 } from 'node:net';
import { TLSSocket } from 'node:tls';

/**
 * Who sends a request, as far as that can be told: by the certificate that TLS has checked, else by address, where an
 * IPv6 network counts as one, since a machine has all addresses of it. Through a unix socket all are one. What a proxy
 * says in a header is not heard: anyone can write it.
 */
export function clientOf({ socket }: IncomingMessage): string {
  const certificate =
    socket instanceof TLSSocket && socket.authorized && socket.getPeerX509Certificate();
  if (certificate) return certificate.fingerprint256;
  return socket.remoteAddress === undefined ? 'local' : networkOf(socket.remoteAddress);
}

/** An address, or the /64 network of an IPv6 address. */
export function networkOf(address: string): string {
  const mapped = /^::ffff:([\d.]+)$/i.exec(address)?.[1];
  if (mapped !== undefined) return mapped;
  if (!isIPv6(address)) return address;
  const [before = '', after] = address.split('%', 1)[0]?.split('::') ?? [];
  const start = before === '' ? [] : before.split(':');
  const end = after === undefined || after === '' ? [] : after.split(':');
  const zeros = Array.from({ length: 8 - start.length - end.length }, () => '0');
  return `${[...start, ...zeros, ...end].slice(0, 4).join(':')}::/64`;
}
