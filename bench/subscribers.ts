import { type IncomingMessage, request } from 'node:http';
import { graphql } from './load.ts';
import { ask, query } from './query.ts';

/** How many come from one address: a gateway may bound what one client can hold open. */
const EACH_ADDRESS = 10;

/** Streams that stay open. */
export interface Subscribers {
  /** Ends them. @returns how many the server had ended before */
  close(): number;
}

/** Whether there is something to subscribe to: releases before the live index have no such field. */
export async function hasImageEvents(url: string): Promise<boolean> {
  const { __type } = await ask<{ __type: { fields: { name: string }[] } | null }>(url, {
    query: '{ __type(name: "Subscription") { fields { name } } }',
  });
  return __type?.fields.some(({ name }) => name === 'imageEvents') === true;
}

/** Opens so many subscriptions to image events. */
export async function subscribe(url: string, count: number): Promise<Subscribers> {
  const streams: IncomingMessage[] = [];
  for (let number = 0; number < count; number++) {
    // All of 127.0.0.0/8 is this machine on Linux.
    const stream = await open(url, `127.0.0.${2 + Math.floor(number / EACH_ADDRESS)}`);
    if (stream.statusCode !== 200) throw new Error(`subscriber ${number}: ${stream.statusCode}`);
    streams.push(stream.on('error', () => undefined).resume());
  }
  return {
    close() {
      const ended = streams.filter(({ readableEnded }) => readableEnded).length;
      for (const stream of streams) stream.destroy();
      return ended;
    },
  };
}

function open(url: string, localAddress: string): Promise<IncomingMessage> {
  const { options, body } = graphql(url, query('image-events'));
  const headers = { ...(options.headers as Record<string, string>), accept: 'text/event-stream' };
  return new Promise((resolve, reject) => {
    const outgoing = request({ ...options, headers, localAddress, agent: false }, resolve);
    outgoing.on('error', reject);
    outgoing.end(body);
  });
}
