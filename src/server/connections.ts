import type http from 'node:http';
import https from 'node:https';
import type { Socket } from 'node:net';
import { networkOf } from './client-of.ts';
import { LITTLE } from './unread-answers.ts';

/** The connections of a server. */
export interface Connections {
  /** Closes those on which nothing is being answered. */
  closeIdle(): void;
  /** Those that there are now. */
  open(): Iterable<Socket>;
  /** Closes those that there are now, each once its answers have ended, and after so many milliseconds at the latest. */
  replaceAll(ms: number): void;
}

/**
 * Knows the answers that are under way on each connection: Node's own closeIdleConnections leaves those on
 * which no request has come yet, as clients open them in advance.
 * @param idleMs after how long a connection on which nothing moves is given up
 */
export function trackConnections(server: http.Server, idleMs: number): Connections {
  const answers = new Map<Socket, Set<http.ServerResponse>>();
  // What requests come in on: over TLS, the stream within the connection.
  const event = server instanceof https.Server ? 'secureConnection' : 'connection';
  const shaking = trackHandshakes(server);
  server.on(event, (socket: Socket) => {
    answers.set(socket, new Set());
    socket.once('close', () => end(socket, answers));
  });
  server.on('request', ({ socket }, response) => {
    const underWay = answers.get(socket);
    if (underWay === undefined) return;
    // Who sends a second request before the answer to the first is made, or leaves too much of it unread, multiplies
    // work that nobody has to wait for; no client that posts is allowed to (RFC 9112, 9.3.2).
    if ([...underWay].some(isAwaited)) socket.destroy();
    underWay.add(response);
    response.once('close', () => underWay.delete(response));
  });
  server.timeout = idleMs;
  // Yoga switches the time-out of a connection off when it answers with a stream (whatwg-node 0.10).
  const rearm = setInterval(() => {
    for (const socket of answers.keys()) if (socket.timeout === 0) socket.setTimeout(idleMs);
  }, idleMs / 4).unref();
  server.once('close', () => clearInterval(rearm));
  const closeIdle = (sockets: Iterable<Socket>): void => {
    for (const socket of sockets) if (answers.get(socket)?.size === 0) socket.destroy();
  };
  return {
    closeIdle: () => closeIdle([...answers.keys()]),
    open: () => answers.keys(),
    replaceAll(ms) {
      const former = [...answers.keys()];
      closeIdle(former);
      // They would be let in by what was true when they came.
      for (const socket of shaking()) socket.destroy();
      setTimeout(() => former.forEach((socket) => socket.destroy()), ms).unref();
    },
  };
}

/** Connections over which TLS is not agreed yet; none where there is none. */
function trackHandshakes(server: http.Server): () => Iterable<Socket> {
  const shaking = new Map<string, Socket>();
  if (!(server instanceof https.Server)) return () => [];
  server.on('connection', (socket: Socket) => {
    const key = peerOf(socket);
    shaking.set(key, socket);
    socket.once('close', () => shaking.delete(key));
  });
  // The stream within the connection has the same peer.
  server.on('secureConnection', (socket: Socket) => shaking.delete(peerOf(socket)));
  return () => [...shaking.values()];
}

function peerOf({ remoteAddress, remotePort }: Socket): string {
  return `${remoteAddress} ${remotePort}`;
}

function isAwaited({ writableEnded, writableLength }: http.ServerResponse): boolean {
  return !writableEnded || writableLength > LITTLE;
}

/** Node 20 tells the answer that a connection was writing that it is gone, and none of those that stand behind it. */
function end(socket: Socket, answers: Map<Socket, Set<http.ServerResponse>>): void {
  for (const response of answers.get(socket) ?? []) response.emit('close');
  answers.delete(socket);
}

/** Takes no more connections of one address than so many: whoever holds all of them would lock everybody out. */
export function boundConnections(server: http.Server, mostOfOne: number): void {
  const counts = new Map<string, number>();
  // Before TLS, whose handshake is what a crowd would make dear.
  server.on('connection', (socket: Socket) => {
    const { remoteAddress } = socket;
    if (remoteAddress === undefined) return;
    const network = networkOf(remoteAddress);
    const count = (counts.get(network) ?? 0) + 1;
    if (count > mostOfOne) {
      socket.destroy();
      return;
    }
    counts.set(network, count);
    socket.once('close', () => {
      const left = (counts.get(network) ?? 1) - 1;
      if (left === 0) counts.delete(network);
      else counts.set(network, left);
    });
  });
}
