import { createHash } from 'node:crypto';
import type { ServerResponse, IncomingMessage } from 'node:http';
import { promisify } from 'node:util';
import { gzip } from 'node:zlib';
import { EXAMPLES } from './graphiql-examples.ts';

/** Answers a browser that asks for the page. */
export type GraphiQLPage = (request: IncomingMessage, response: ServerResponse) => Promise<void>;

interface CompressedPage {
  readonly body: Buffer;
  readonly etag: string;
  readonly policy: string;
}

/**
 * GraphiQL 5 animates tabs from where they were laid out. When several are there from the start, a press
 * makes the tab jump away from below the pointer, and the click is lost.
 */
const STYLE = '<style>.graphiql-tab { transform: none !important }</style>';

/**
 * GraphiQL 5 looks for its active tab by a query that it has only stored when it was edited, and adds an empty tab where it
 * finds none: at each reload one.
 */
const RESTORE = `<script>
  const { tabs, activeTabIndex } = JSON.parse(localStorage.getItem('graphiql:tabState') ?? '{}');
  const { query, variables } = tabs?.[activeTabIndex] ?? {};
  if (query) localStorage.setItem('graphiql:query', query);
  if (variables) localStorage.setItem('graphiql:variables', variables);
</script>`;

/** What the headers editor opens with where a token is asked for. */
const HEADERS = '{\n  "authorization": "Bearer "\n}';

/**
 * GraphiQL as one page with all its scripts, so that no request leaves the machine. It is rendered and
 * compressed once, when first asked for: 9 MB that most runs never need. It holds nothing that needs a token.
 * @param asksForToken whether queries need one
 */
export function createGraphiQLPage(asksForToken: boolean): GraphiQLPage {
  let page: Promise<CompressedPage> | null = null;
  return async (request, response) => {
    const { body, etag, policy } = await (page ??= render(asksForToken));
    response.setHeader('etag', etag);
    response.setHeader('cache-control', 'no-cache');
    response.setHeader('content-security-policy', policy);
    response.setHeader('cross-origin-opener-policy', 'same-origin');
    response.setHeader('referrer-policy', 'no-referrer');
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
    response.end(body);
  };
}

async function render(asksForToken: boolean): Promise<CompressedPage> {
  const { renderGraphiQL } = await import('@graphql-yoga/render-graphiql');
  const html = renderGraphiQL({
    title: 'imagegraph',
    endpoint: '/graphql',
    defaultTabs: EXAMPLES.map((query) => ({ query })),
    ...(asksForToken ? { defaultHeaders: HEADERS } : {}),
    // Subscriptions too, which it would otherwise send by GET.
    method: 'POST',
    // A token typed into the headers editor must not outlive the page.
    shouldPersistHeaders: false,
    credentials: 'same-origin',
  });
  const whole = html.replace('</head>', `${STYLE}${RESTORE}</head>`);
  const body = await promisify(gzip)(whole, { level: 9 });
  const etag = `"${createHash('sha256').update(body).digest('base64url')}"`;
  return { body, etag, policy: policyOf(whole) };
}

/** Allows this page's own scripts, by their hashes, and nothing that leads elsewhere. */
function policyOf(html: string): string {
  const scripts = [...html.matchAll(/<script>(.*?)<\/script>/gs)].map(
    ([, text = '']) => `'sha256-${createHash('sha256').update(text).digest('base64')}'`,
  );
  return [
    "default-src 'none'",
    // Monaco's workers are made of texts in that script.
    `script-src ${scripts.join(' ')} blob:`,
    'worker-src blob:',
    // Monaco writes styles as it goes, which no hash can name beforehand.
    "style-src 'unsafe-inline'",
    'img-src data:',
    'font-src data:',
    "connect-src 'self'",
    "base-uri 'none'",
    "form-action 'none'",
    "frame-ancestors 'none'",
  ].join('; ');
}
