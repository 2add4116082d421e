import type http from 'node:http';
import type { Socket } from 'node:net';
import { TLSSocket } from 'node:tls';

/** How often all connections are looked at, beside the end of each long answer, in milliseconds. */
const LOOK_MS = 1_000;
/** What waits on a connection that is read, in bytes. */
export const LITTLE = 65_536;

/**
 * Bounds what clients leave unread: when all connections together have more than so many bytes to send, the one is closed
 * that has had a lot to send for the longest, and the next, until it is less or a single one is left. The process would
 * run out of memory.
 * @param openSockets the connections there are
 * @param onCut told of each that is closed
 */
export function boundUnread(
  server: http.Server,
  openSockets: () => Iterable<Socket>,
  mostBytes: number,
  onCut: () => void,
): void {
  /** In the order in which they were found to wait. */
  const waiting = new Set<Socket>();
  function look(): void {
    let unread = 0;
    for (const socket of openSockets()) {
      unread += unreadOf(socket);
      if (socket.writableLength > LITTLE) waiting.add(socket);
      else waiting.delete(socket);
    }
    for (const socket of waiting) {
      if (unread > mostBytes && !socket.destroyed && waiting.size > 1) {
        unread -= unreadOf(socket);
        socket.destroy();
        onCut();
      }
      if (socket.destroyed) waiting.delete(socket);
    }
  }
  server.on('request', ({ socket }, response) => {
    response.once('prefinish', () => socket.writableLength > LITTLE && look());
  });
  const timer = setInterval(look, LOOK_MS).unref();
  server.once('close', () => clearInterval(timer));
}

/** OpenSSL keeps what it has encrypted beside what it was given. */
function unreadOf(socket: Socket): number {
  return socket instanceof TLSSocket ? 2 * socket.writableLength : socket.writableLength;
}
