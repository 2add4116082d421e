import http from 'node:http';
import https from 'node:https';
import type { AddressInfo } from 'node:net';
import { started } from './started.ts';
import { listenOnSocket } from './unix-socket.ts';

/** Where to listen. */
export type ListenAddress =
  | { readonly host: string; readonly port: number }
  | { readonly socketPath: string };

/** PEM texts. With clientCa, clients must show a certificate that it has signed. */
export interface ServerTls {
  readonly cert: string;
  readonly key: string;
  readonly clientCa: string | null;
}

/** For how long half a request may hold a connection, in milliseconds, as node:http takes it. */
export interface Patience {
  /** Until the headers are there. */
  readonly headersTimeout: number;
  /** Until all of the request is there. */
  readonly requestTimeout: number;
  /** How often both are looked at. */
  readonly connectionsCheckingInterval: number;
  /** Between two requests. */
  readonly keepAliveTimeout: number;
}

const PATIENCE: Patience = {
  headersTimeout: 10_000,
  requestTimeout: 30_000,
  connectionsCheckingInterval: 2_000,
  keepAliveTimeout: 5_000,
};
/** Of all headers of a request together. */
const MAX_HEADER_BYTES = 16 * 1024;
const MAX_CONNECTIONS = 500;

/** A server of HTTP or HTTPS that does not listen yet. */
export function createListener(tls: ServerTls | null, patience: Patience = PATIENCE): http.Server {
  const options = { ...patience, maxHeaderSize: MAX_HEADER_BYTES };
  const server =
    tls === null
      ? http.createServer(options)
      : https.createServer({ ...options, handshakeTimeout: 5_000, ...toTlsOptions(tls) });
  server.maxConnections = MAX_CONNECTIONS;
  return server;
}

/** What node:tls takes. */
export function toTlsOptions({ cert, key, clientCa }: ServerTls): https.ServerOptions {
  const client = clientCa === null ? {} : { ca: clientCa, requestCert: true };
  return { cert, key, ...client, minVersion: 'TLSv1.2' };
}

/** Listens; the port is the one that was taken, 0 for a socket. Rejects when the address cannot be had. */
export async function bind(server: http.Server, address: ListenAddress): Promise<number> {
  if ('socketPath' in address) {
    await listenOnSocket(server, address.socketPath);
    return 0;
  }
  await started(server, address);
  return (server.address() as AddressInfo).port;
}
