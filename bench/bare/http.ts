import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { text } from 'node:stream/consumers';
import { firstOf, listen, readAnswer } from './answers.ts';

/**
 * The least that any server in Node has to do for the same bytes: read the request, stringify the objects
 * that are in memory. Nothing in JavaScript that answers with JSON can be faster.
 */
const answer = readAnswer();

listen(
  createServer((request, response) => {
    respond(request, response).catch(() => response.destroy());
  }),
);

async function respond(request: IncomingMessage, response: ServerResponse): Promise<void> {
  const { variables } = JSON.parse(await text(request)) as { variables: { first: number } };
  const json = JSON.stringify({ data: { images: firstOf(answer, variables.first) } });
  response.writeHead(200, { 'content-type': 'application/json; charset=utf-8' }).end(json);
}
