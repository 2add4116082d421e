import { request, type RequestOptions } from 'node:http';
import { createEmbeddedEngine, type EmbeddedEngine } from '../../src/embedded/embedded-engine.ts';
import type { EmbeddedEndpoint } from '../../src/embedded/source.ts';
import { createDialer } from '../../src/engine/dial.ts';
import type { Engine } from '../../src/engine/engine.ts';
import { readLines } from '../../src/engine/json-lines.ts';
import { connectTo } from '../support/gateway.ts';

export interface Reply {
  readonly status: number;
  readonly headers: NodeJS.Dict<string | string[]>;
  /** Parsed when it is JSON. */
  readonly body: any;
}

/** An answer that goes on. */
export interface LineStream {
  readonly status: number;
  readonly headers: NodeJS.Dict<string | string[]>;
  /** Those that have come; more may follow. */
  readonly lines: string[];
  readonly ended: Promise<void>;
  close(): void;
}

export interface OpenEmbedded {
  /** What could not be used, as "digest: reason". */
  readonly reports: string[];
  /** The engine through the gateway's own client. */
  readonly engine: Engine;
  /** One request of the Engine API, as any client would send it. */
  call(path: string, method?: string): Promise<Reply>;
  /** One request whose answer is read line by line; it is there when the head is. */
  stream(path: string): Promise<LineStream>;
  close(): void;
}

/** Serves a layout or archive in memory. */
export function openEmbedded(endpoint: EmbeddedEndpoint): OpenEmbedded {
  const reports: string[] = [];
  const report = (digest: string, reason: string) => void reports.push(`${digest}: ${reason}`);
  const embedded = createEmbeddedEngine({ endpoint, version: '1.2.3', report });
  const dialer = createDialer(endpoint, { connectEmbedded: embedded.connect, sshEnvironment: {} });
  const engine = connectTo('embedded', dialer.dial);
  return {
    reports,
    engine,
    call: (path, method = 'GET') => call(embedded, path, method),
    stream: (path) => stream({ path, createConnection: () => embedded.connect() }),
    close: () => engine.close(),
  };
}

function call(embedded: EmbeddedEngine, path: string, method: string): Promise<Reply> {
  return new Promise((resolve, reject) => {
    const createConnection = () => embedded.connect() as never;
    const outgoing = request({ path, method, createConnection, headers: { connection: 'close' } });
    outgoing.on('error', reject);
    outgoing.on('response', (response) => {
      const chunks: Buffer[] = [];
      response.on('data', (chunk: Buffer) => chunks.push(chunk));
      response.on('end', () => {
        const text = Buffer.concat(chunks).toString();
        const isJson = response.headers['content-type'] === 'application/json';
        const body: unknown = isJson && text !== '' ? JSON.parse(text) : text;
        resolve({ status: response.statusCode ?? 0, headers: response.headers, body });
      });
    });
    outgoing.end();
  });
}

/** Asks for an answer that goes on, over whatever connection the options say. */
export function stream(options: RequestOptions): Promise<LineStream> {
  return new Promise((resolve, reject) => {
    const outgoing = request({ ...options, headers: { connection: 'close' } });
    outgoing.on('error', reject);
    outgoing.on('response', (response) => {
      const lines: string[] = [];
      const ended = readLines(response, (line) => lines.push(line)).catch(() => {});
      resolve({
        status: response.statusCode ?? 0,
        headers: response.headers,
        lines,
        ended,
        close: () => outgoing.destroy(),
      });
    });
    outgoing.end();
  });
}
