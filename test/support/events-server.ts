import { createGateway } from '../../src/gateway.ts';
import {
  createImageEventLog,
  type ImageEventLog,
  type ImageEventRecord,
} from '../../src/image-index/image-event-log.ts';
import { clientOf } from '../../src/server/client-of.ts';
import { type HttpServer, listen } from '../../src/server/http-server.ts';
import { connectTo, createIndex } from './gateway.ts';
import { idOf, startStandInEngine } from './stand-in-engine.ts';

/** A gateway by HTTP over an engine with one image, and the log that its index would append to. */
export interface EventsServer {
  readonly events: ImageEventLog;
  readonly server: HttpServer;
  readonly url: string;
  readonly hidden: unknown[];
  /** Lets something happen to the image. */
  append(reference: string, rest?: Partial<ImageEventRecord>): void;
  close(): Promise<void>;
}

export async function startEventsServer({
  graphiql = false,
  idleMs = 60_000,
} = {}): Promise<EventsServer> {
  const images = [{ Id: idOf(1), RepoTags: ['demo/app:1'], Created: 1, Size: 4_711 }];
  const http = await startStandInEngine({ images });
  const engine = connectTo('e', http.dial);
  await engine.facts();
  const events = createImageEventLog();
  const hidden: unknown[] = [];
  const gateway = createGateway({
    indexes: new Map([['e', createIndex(engine)]]),
    events,
    onHiddenError: (error) => void hidden.push(error),
  });
  const server = await listen({
    address: { host: '127.0.0.1', port: 0 },
    graphiql,
    idleMs,
    graphql: (request, response) => void gateway(request, response, { client: clientOf(request) }),
  });
  return {
    events,
    server,
    url: server.url,
    hidden,
    append: (reference, rest = {}) =>
      events.append({ engine: 'e', action: 'TAG', time: 1n, reference, imageId: idOf(1), ...rest }),
    async close() {
      events.close();
      await server.close();
      engine.close();
      await http.close();
    },
  };
}
