import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { type Duplex, duplexPair, Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import type { Report } from './manifest-tree.ts';
import { API_VERSION } from './about.ts';
import { createEventLog } from './event-log.ts';
import { sendEvents } from './event-stream.ts';
import { changesBetween, type Inventory, toInventory } from './image-changes.ts';
import { Refusal } from './refusal.ts';
import { answer } from './routes.ts';
import { watchSource } from './source-watch.ts';
import { createSource, type EmbeddedEndpoint } from './source.ts';

/** What an embedded engine serves and as what. */
export interface EmbeddedEngineOptions {
  readonly endpoint: EmbeddedEndpoint;
  /** Release of this package, which the engine gives for its own. */
  readonly version: string;
  /** Told of content that is missing from the answers because it is unusable. */
  readonly report: Report;
}

/** An Engine API server over images on disk. It answers reads only, at API 1.44 to 1.51. */
export interface EmbeddedEngine {
  /** Opens a connection in memory: no socket file is needed, nor a port. */
  connect(): Duplex;
  /** The server, for the one who wants it to listen. */
  readonly server: Server;
}

/** Serves a layout, an archive or the sample; they are read when the first question comes. */
export function createEmbeddedEngine({
  endpoint,
  version,
  report,
}: EmbeddedEngineOptions): EmbeddedEngine {
  const log = createEventLog(() => watchSource(source));
  let known: Inventory | null = null;
  const source = createSource(endpoint, once(report), ({ images }) => {
    const found = toInventory(images);
    if (known !== null) log.record(changesBetween(known, found));
    known = found;
  });
  const server = createServer((request, response) => {
    respond(request, response).catch(() => response.destroy());
  });

  async function respond(request: IncomingMessage, response: ServerResponse): Promise<void> {
    response.setHeader('Api-Version', API_VERSION);
    response.setHeader('Ostype', 'linux');
    try {
      if (request.method !== 'GET' && request.method !== 'HEAD') {
        throw new Refusal(405, 'this engine only answers GET and HEAD');
      }
      const url = new URL(request.url ?? '/', 'http://engine');
      const body = await answer(source, version, url.pathname, url.searchParams);
      if ('text' in body) send(response, 200, 'text/plain; charset=utf-8', body.text);
      else if ('json' in body) send(response, 200, JSON_TYPE, JSON.stringify(body.json));
      else if ('events' in body) sendEvents(log, body.events, response);
      else await sendRows(response, body.rows);
    } catch (error) {
      if (response.headersSent) throw error;
      const { status, message } = error instanceof Refusal ? error : UNEXPECTED;
      send(response, status, JSON_TYPE, JSON.stringify({ message }));
    }
  }

  return {
    server,
    connect() {
      const [ours, theirs] = duplexPair();
      // A pair does not know that its other half was destroyed, as both ends of a socket do.
      ours.once('close', () => theirs.destroy());
      theirs.once('close', () => {
        if (!theirs.writableFinished) ours.destroy();
      });
      server.emit('connection', theirs);
      return ours;
    },
  };
}

const MAX_TOLD = 10_000;

/** Everything is read again after each change; what is still unusable then is no news. */
function once(report: Report): Report {
  const told = new Set<string>();
  return (digest, reason) => {
    const problem = `${digest} ${reason}`;
    if (told.has(problem)) return;
    if (told.size >= MAX_TOLD) told.clear();
    told.add(problem);
    report(digest, reason);
  };
}

const JSON_TYPE = 'application/json';
const UNEXPECTED = new Refusal(500, 'unexpected error');

function send(response: ServerResponse, status: number, type: string, body: string): void {
  response.writeHead(status, { 'Content-Type': type, 'Content-Length': Buffer.byteLength(body) });
  response.end(body);
}

/** A big list is some 40 MB: written row by row, as fast as it is read. */
async function sendRows(response: ServerResponse, rows: Iterable<unknown>): Promise<void> {
  response.writeHead(200, { 'Content-Type': JSON_TYPE });
  await pipeline(Readable.from(toJson(rows)), response);
}

function* toJson(rows: Iterable<unknown>): Generator<string> {
  let before = '[';
  for (const row of rows) {
    yield before + JSON.stringify(row);
    before = ',';
  }
  yield before === '[' ? '[]' : ']';
}
