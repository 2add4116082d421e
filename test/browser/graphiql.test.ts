import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import type { Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  answerOn,
  type Browser,
  execute,
  executeUntil,
  hasBrowser,
  openBrowser,
  textOf,
} from './open-browser.ts';

/** The other examples, each with a word that only its answer has. */
const EXAMPLES = [
  ['UnusedImages', 'totalSize'],
  ['ImagesInUse', '"nodes": []'],
  ['Platforms', 'available'],
  ['Engines', 'imageStore'],
] as const;

describe.runIf(hasBrowser)('GraphiQL in a browser', () => {
  let gateway: ChildProcess;
  let url: string;
  let browser: Browser;
  let page: Page;

  beforeAll(async () => {
    gateway = spawn(process.execPath, ['dist/main.js', '--engine', 'sample', '--port', '0'], {
      env: { PATH: process.env['PATH'] },
      stdio: ['ignore', 'pipe', 'ignore'],
    });
    const [line] = (await once(gateway.stdout as NodeJS.ReadableStream, 'data')) as [Buffer];
    url = /ready at (\S+)/.exec(line.toString())?.[1] ?? '';
    browser = await openBrowser();
    ({ page } = browser);
    await page.goto(url);
  });
  afterAll(async () => {
    await browser?.close();
    gateway?.kill();
  });

  const answer = () => answerOn(page);
  const query = () => textOf(page, '.graphiql-query-editor');
  const run = () => execute(page);
  const runUntil = (word: string) => executeUntil(page, word);
  const stored = () => page.evaluate(() => JSON.stringify({ ...localStorage, ...sessionStorage }));

  it('opens with examples, and answers the first from the sample images', async () => {
    await page.getByRole('tab', { name: 'NewestImages' }).waitFor();
    expect(await page.getByRole('tab').allInnerTexts()).toEqual(
      expect.arrayContaining(['NewestImages', 'UnusedImages', 'ImagesInUse']),
    );
    await run();
    await expect.poll(answer, { timeout: 15_000 }).toContain('demo/web:1.4.0');
    expect(await answer()).not.toContain('errors');
    // How the README's picture is taken.
    const picture = process.env['IMAGEGRAPH_TEST_PICTURE'];
    if (picture !== undefined) await page.screenshot({ path: picture });
  });

  it('answers every example without an error', async () => {
    for (const [name, word] of EXAMPLES) {
      await page.getByRole('button', { name, exact: true }).click();
      await expect.poll(query, { timeout: 15_000 }).toContain(name);
      await runUntil(word);
      expect(await answer()).not.toContain('"errors"');
    }
  });

  it('knows the schema', async () => {
    await page
      .getByRole('button', { name: /documentation explorer/i })
      .first()
      .click();
    await page.getByText('A GraphQL schema provides').waitFor();
    await page.getByRole('link', { name: 'Query', exact: true }).click();
    await page.getByRole('link', { name: 'imagesByReference' }).waitFor();
    await page
      .getByRole('button', { name: /documentation explorer/i })
      .first()
      .click();
  });

  it('keeps a query over a reload', async () => {
    const mine = '{ engines { name status } }';
    await page
      .getByRole('button', { name: /new tab/i })
      .or(page.getByLabel('New tab'))
      .first()
      .click();
    await page.locator('.graphiql-query-editor').click();
    await page.keyboard.press('ControlOrMeta+A');
    await page.keyboard.insertText(mine);
    await expect.poll(stored, { timeout: 15_000 }).toContain(mine);
    await page.reload();
    await page.getByRole('tab', { name: 'NewestImages' }).waitFor();
    await expect.poll(query, { timeout: 15_000 }).toContain('engines');
    await runUntil('"READY"');
  });

  it('never stores headers', async () => {
    await page.getByRole('button', { name: 'Headers' }).click();
    await page.locator('.graphiql-editor-tool').click();
    await page.keyboard.insertText('{"authorization": "Bearer kept-nowhere"}');
    await page.getByText('kept-nowhere').waitFor();
    // Longer than GraphiQL waits before it stores what was typed.
    await page.waitForTimeout(1_000);
    expect(await stored()).toContain('engines');
    expect(await stored()).not.toContain('kept-nowhere');
  });

  it('asked nobody but the gateway, and met no error', () => {
    const { asked, failures } = browser;
    const foreign = asked
      .map(({ url: address }) => address)
      .filter((address) => !/^(data|blob):/.test(address))
      .filter((address) => new URL(address).origin !== new URL(url).origin);
    expect(foreign).toEqual([]);
    expect(asked.length).toBeGreaterThan(1);
    expect(failures).toEqual([]);
  });
});
