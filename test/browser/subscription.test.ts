import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { type EventsServer, startEventsServer } from '../support/events-server.ts';
import { type Browser, hasBrowser, openBrowser, textOf } from './open-browser.ts';

describe.runIf(hasBrowser)('a subscription in a browser', () => {
  let running: EventsServer;
  let browser: Browser;
  beforeAll(async () => {
    running = await startEventsServer({ graphiql: true });
    browser = await openBrowser();
    await browser.page.goto(running.url);
    await browser.page.getByRole('button', { name: 'ImageEvents', exact: true }).click();
  });
  afterAll(async () => {
    await browser?.close();
    await running?.close();
  });

  const answer = () => textOf(browser.page, '.graphiql-response');
  /** GraphiQL looks for the operations of a tab a moment after it is shown: a run before that is none. */
  const follow = () =>
    vi.waitFor(
      async () => {
        await browser.page.getByRole('button', { name: /execute query/i }).click();
        await vi.waitFor(() => expect(running.events.followers).toBe(1), { timeout: 2_000 });
      },
      { timeout: 30_000, interval: 200 },
    );

  it('shows each event in GraphiQL as it happens', async () => {
    await follow();
    running.append('demo/app:1');
    await expect.poll(answer, { timeout: 10_000 }).toContain('"reference": "demo/app:1"');
    expect(await answer()).toContain('"size": 4711');
    running.append('demo/app:2', { action: 'UNTAG' });
    await expect.poll(answer, { timeout: 10_000 }).toContain('"action": "UNTAG"');
  });

  it('goes on after a while without an event, as pings keep it', async () => {
    // Pings come every 0.3 s in tests.
    await sleep(2_000);
    expect(running.events.followers).toBe(1);
    running.append('demo/app:3');
    await expect.poll(answer, { timeout: 10_000 }).toContain('demo/app:3');
  });

  it('ends at once when it is stopped', async () => {
    await browser.page.getByRole('button', { name: /stop/i }).click();
    await vi.waitFor(() => expect(running.events.followers).toBe(0), { timeout: 2_000 });
  });

  it('ends when the page is left', async () => {
    await follow();
    await browser.page.goto('about:blank');
    await vi.waitFor(() => expect(running.events.followers).toBe(0), { timeout: 2_000 });
  });

  it('was sent by POST, and met no error', () => {
    const { asked, failures } = browser;
    const sent = asked.filter(({ url }) => url.startsWith(running.url)).slice(1);
    expect(new Set(sent.map(({ method }) => method))).toEqual(new Set(['POST']));
    expect(failures).toEqual([]);
  });
});
