import type http from 'node:http';

/** Of one body. The largest that is taken has 256 bytes in each of so many; senders make chunks of kilobytes. */
const MAX_CHUNKS = 1_024;

/**
 * Closes the connection of a body in very many chunks: each is an object in memory, some 150 bytes for one that is sent,
 * and an event, so that bodies of 256 KiB in chunks of one byte fill the memory and hold up everybody.
 */
export function boundChunks(request: http.IncomingMessage): void {
  let chunks = 0;
  const { push } = request;
  // Where Node's parser puts each of them, whoever reads the body and when.
  request.push = (chunk, encoding) => {
    if (++chunks > MAX_CHUNKS) {
      request.socket.destroy();
      return false;
    }
    return push.call(request, chunk, encoding);
  };
}
