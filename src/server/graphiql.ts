import { createHash } from 'node:crypto';
import type { ServerResponse, IncomingMessage } from 'node:http';
import { promisify } from 'node:util';
import { gzip } from 'node:zlib';
import { EXAMPLES } from './graphiql-examples.ts';

interface CompressedPage {
  readonly body: Buffer;
  readonly etag: string;
}

/**
 * GraphiQL 5 animates tabs from where they were laid out. When several are there from the start, a press
 * makes the tab jump away from below the pointer, and the click is lost.
 */
const STYLE = '<style>.graphiql-tab { transform: none !important }</style>';

/**
 * GraphiQL as one page with all its scripts, so that no request leaves the machine. It is rendered and
 * compressed once, when first asked for: 9 MB that most runs never need.
 */
export function createGraphiQLPage(): (
  request: IncomingMessage,
  response: ServerResponse,
) => Promise<void> {
  let page: Promise<CompressedPage> | null = null;
  return async (request, response) => {
    const { body, etag } = await (page ??= render());
    response.setHeader('etag', etag);
    response.setHeader('cache-control', 'no-cache');
    response.setHeader('x-content-type-options', 'nosniff');
    response.setHeader('x-frame-options', 'DENY');
    response.setHeader('vary', 'accept');
    if (request.headers['if-none-match'] === etag) {
      response.writeHead(304).end();
      return;
    }
    response.writeHead(200, {
      'content-type': 'text/html; charset=utf-8',
      'content-encoding': 'gzip',
      'content-length': body.length,
    });
    response.end(request.method === 'HEAD' ? undefined : body);
  };
}

async function render(): Promise<CompressedPage> {
  const { renderGraphiQL } = await import('@graphql-yoga/render-graphiql');
  const html = renderGraphiQL({
    title: 'imagegraph',
    endpoint: '/graphql',
    defaultTabs: EXAMPLES.map((query) => ({ query })),
    // Subscriptions too, which it would otherwise send by GET.
    method: 'POST',
    // A token typed into the headers editor must not outlive the page.
    shouldPersistHeaders: false,
    credentials: 'same-origin',
  });
  const body = await promisify(gzip)(html.replace('</head>', `${STYLE}</head>`), { level: 9 });
  return { body, etag: `"${createHash('sha256').update(body).digest('base64url')}"` };
}
