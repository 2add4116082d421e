import { setTimeout as delay } from 'node:timers/promises';
import type { Plugin } from 'graphql-yoga';
import { afterEach, describe, expect, it } from 'vitest';
import type { Context } from '../../src/context.ts';
import { createFixedIndex } from '../support/fixed-index.ts';
import { createIndexGateway } from '../support/gateway.ts';
import { collectGarbage } from '../support/heap.ts';

const requests: WeakRef<Request>[] = [];
const watching: Plugin<Context> = {
  onParams: ({ request }) => void requests.push(new WeakRef(request)),
};
afterEach(() => void requests.splice(0));

describe('an error that is kept for the next of its document', () => {
  it.each([
    ['no GraphQL', '{'],
    ['not of the schema', '{ no }'],
    ['a bad value', '{ image(reference: "..") { id } }'],
    ['too long', `{ ${'__typename '.repeat(1_001)} }`],
    [
      'too many aliases',
      `{ ${Array.from({ length: 31 }, (_, at) => `a${at}: __typename`).join(' ')} }`,
    ],
  ])('does not keep the request: %s', async (_, query) => {
    const gateway = createIndexGateway([createFixedIndex('e')], { plugins: [watching] });
    expect((await gateway.ask(query)).errors?.length).toBeGreaterThan(0);
    const isGone = async () => {
      await delay(0);
      collectGarbage();
      return requests.every((request) => request.deref() === undefined);
    };
    await expect.poll(isGone, { timeout: 5_000, interval: 20 }).toBe(true);
    // The gateway, and with it what it keeps, is still there.
    expect((await gateway.ask(query)).errors?.length).toBeGreaterThan(0);
  });
});
