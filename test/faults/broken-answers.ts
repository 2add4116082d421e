import { sendJson } from '../support/http-engine.ts';
import type { Fault } from './fault-engine.ts';

/** Bytes in place of an answer, and then the end. */
export const raw =
  (text: string): Fault =>
  ({ socket }) =>
    void socket.end(text);

export const status =
  (code: number, body: unknown = {}): Fault =>
  (_, response) =>
    sendJson(response, body, code);

export const body =
  (text: string, type = 'application/json'): Fault =>
  (_, response) =>
    void response.writeHead(200, { 'content-type': type }).end(text);

export const redirect =
  (code: number, location: string): Fault =>
  (_, response) =>
    void response.writeHead(code, { location }).end();

/** It takes the question, and nothing more comes. */
export const frozen: Fault = () => {};

/** Half an answer, and nothing more comes. */
export const stalled: Fault = (_, response) => void response.write('[{"Id":"sha256:');

/** Half of what was announced, then the end. */
export const cut = raw('HTTP/1.1 200 OK\r\nContent-Length: 999\r\n\r\n[{"Id":"sha256:');

/** The connection is reset in the middle of a chunk. */
export const reset: Fault = ({ socket }, response) =>
  void response.write('[{"Id":"sha256:', () => setImmediate(() => socket.resetAndDestroy()));

/** Half an answer whose length nothing tells. */
export const halfUntilClosed = raw('HTTP/1.1 200 OK\r\nConnection: close\r\n\r\n[{"Id":"sha256:');

/** A sound answer, so many milliseconds later. */
export const late =
  (ms: number): Fault =>
  (_request, _response, sound) =>
    void setTimeout(sound, ms);

/** A JSON text that never ends, as fast as it is read. */
export const endless: Fault = (_, response) => {
  const chunk = 'x'.repeat(1024 * 1024);
  response.write('[{"Id":"');
  const more = (): void => {
    while (!response.destroyed && response.write(chunk));
  };
  response.on('drain', more);
  more();
};

/** A kilobyte each second, for as long as it is read. */
export const trickle: Fault = (_, response) => {
  response.write('[{"Id":"');
  const timer = setInterval(() => response.write('x'.repeat(100)), 100);
  response.on('close', () => clearInterval(timer));
};
