import { serverAudits } from 'graphql-http';
import { afterAll, describe, expect, it } from 'vitest';
import { createGateway } from '../../src/gateway.ts';
import { listen } from '../../src/server/http-server.ts';

const gateway = createGateway({ indexes: new Map(), onHiddenError: () => {} });
const server = await listen({
  address: { host: '127.0.0.1', port: 0 },
  graphiql: true,
  graphql: (request, response) => void gateway(request, response),
});
afterAll(() => server.close());

/** GraphQL over HTTP allows a server not to answer GET; this one answers POST only. */
const REFUSED_BY_CHOICE = /GET/;

describe('GraphQL over HTTP', () => {
  it.each(serverAudits({ url: server.url }).map((audit) => [audit.name, audit] as const))(
    '%s',
    async (name, audit) => {
      const result = await audit.fn();
      if (result.status === 'ok') return;
      expect([name, result.status]).toEqual([expect.stringMatching(REFUSED_BY_CHOICE), 'notice']);
    },
  );
});
