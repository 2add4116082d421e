import { readFileSync } from 'node:fs';
import type { AddressInfo } from 'node:net';
import type { Server } from 'node:http';
import type { PageData } from '../query.ts';

/** What the gateway has answered to the page of 1,000, in the file that is the only argument. */
export function readAnswer(): PageData {
  return JSON.parse(readFileSync(process.argv[2] ?? '', 'utf8')) as PageData;
}

/** The page as the client wants it: so many of the same objects. */
export function firstOf({ images }: PageData, first: number): PageData['images'] {
  return { totalCount: images.totalCount, nodes: images.nodes.slice(0, first) };
}

/** Listens as all servers here do, and says where. */
export function listen(server: Server): void {
  server.listen(0, '127.0.0.1', () => {
    const { port } = server.address() as AddressInfo;
    process.stdout.write(`ready at http://127.0.0.1:${port}/graphql\n`);
  });
}
