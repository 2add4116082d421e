import type { FetchAPI, Plugin } from 'graphql-yoga';
import { PublicError } from '../errors.ts';

/** What a subscription needs of HTTP beyond what Yoga does: server-sent events, one response each. */
export function useEventStream(): Plugin {
  return {
    onResultProcess({ result, resultProcessor, setResultProcessor }) {
      if (Array.isArray(result) || !(Symbol.asyncIterator in result)) return;
      if (resultProcessor !== undefined) return;
      // Nobody is going to read it, so nobody else would end it.
      void result[Symbol.asyncIterator]().return?.();
      setResultProcessor((_result, fetchAPI) => notAcceptable(fetchAPI), 'application/json');
    },
    onResponse({ response }) {
      const type = response?.headers.get('content-type') ?? '';
      // nginx would collect events until they fill a buffer.
      if (type.startsWith('text/event-stream')) response.headers.set('x-accel-buffering', 'no');
    },
  };
}

function notAcceptable({ Response }: FetchAPI): Response {
  const body = JSON.stringify({ errors: [new PublicError('NOT_ACCEPTABLE').toJSON()] });
  const headers = { 'content-type': 'application/json; charset=utf-8' };
  return new Response(body, { status: 406, headers });
}
