import net from 'node:net';
import { Duplex } from 'node:stream';
import tls from 'node:tls';
import type { Endpoint } from './endpoint.ts';
import { dialSsh } from './ssh-stream.ts';

/** What dialing needs besides the endpoint. */
export interface DialOptions {
  /** Opens a connection to an engine that runs in this process. */
  readonly connectEmbedded: (endpoint: Endpoint) => Duplex;
  /** All that ssh sees of the environment: where to look for it, the agent's socket, the home. */
  readonly sshEnvironment: Readonly<Record<string, string>>;
}

/** How connections to one engine are opened. */
export interface Dialer {
  /** Opens one connection. Never throws: what goes wrong is an error event, as of any socket. */
  readonly dial: () => Duplex;
  /** Value of HTTP's Host header. */
  readonly host: string;
}

/** How to connect to an endpoint, in the shape that node:http's Agent asks of createConnection. */
export function createDialer(endpoint: Endpoint, options: DialOptions): Dialer {
  return {
    host: hostHeader(endpoint),
    dial() {
      try {
        return asSocket(connect(endpoint, options));
      } catch (error) {
        return failed(error);
      }
    },
  };
}

function connect(endpoint: Endpoint, { connectEmbedded, sshEnvironment }: DialOptions): Duplex {
  switch (endpoint.kind) {
    case 'socket':
      return net.connect({ path: endpoint.path });
    case 'tcp':
      return net.connect({ host: endpoint.host, port: endpoint.port });
    case 'tls':
      return tls.connect(tlsOptions(endpoint));
    case 'ssh':
      return dialSsh(endpoint, sshEnvironment);
    default:
      return connectEmbedded(endpoint);
  }
}

function tlsOptions(endpoint: Extract<Endpoint, { kind: 'tls' }>): tls.ConnectionOptions {
  const { host, port, ca, cert, key, skipVerify } = endpoint;
  return {
    host,
    port,
    // Explicit, because NODE_TLS_REJECT_UNAUTHORIZED in the environment must not decide.
    rejectUnauthorized: skipVerify !== true,
    // TLS has names of hosts only; for an address, the certificate's IP entries are compared with host.
    ...(net.isIP(host) === 0 ? { servername: host } : {}),
    ...(ca === undefined ? {} : { ca }),
    ...(cert === undefined ? {} : { cert }),
    ...(key === undefined ? {} : { key }),
  };
}

/** What is no TCP connection has no host; Docker's own client says docker, and engines take anything. */
function hostHeader(endpoint: Endpoint): string {
  if (endpoint.kind !== 'tcp' && endpoint.kind !== 'tls') return 'docker';
  const { host, port } = endpoint;
  return net.isIPv6(host) ? `[${host}]:${port}` : `${host}:${port}`;
}

/** node:http calls these on its sockets when it keeps or reuses them; a plain Duplex has none of them. */
function asSocket(stream: Duplex): Duplex {
  if (stream instanceof net.Socket) return stream;
  const same = () => stream;
  return Object.assign(stream, {
    setKeepAlive: same,
    setNoDelay: same,
    setTimeout: same,
    ref: same,
    unref: same,
  });
}

/** A connection that fails like any other: later, once node:http listens for its error. */
function failed(error: unknown): Duplex {
  const stream = asSocket(new Duplex({ read() {}, write: (_chunk, _encoding, done) => done() }));
  setImmediate(() => stream.destroy(error instanceof Error ? error : new Error(String(error))));
  return stream;
}
