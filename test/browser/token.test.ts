import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Program, start } from '../main/program.ts';
import {
  answerOn,
  type Browser,
  executeUntil,
  hasBrowser,
  openBrowser,
  textOf,
} from './open-browser.ts';

const TOKEN = '0123456789abcdef0123456789abcdef';

describe.runIf(hasBrowser)('GraphiQL of a server that asks for a token', () => {
  let folder: string;
  let program: Program;
  let browser: Browser;

  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), 'imagegraph-token-'));
    writeFileSync(join(folder, 'token'), TOKEN, { mode: 0o600 });
    program = await start({ args: ['--engine', 'sample', '--token-file', join(folder, 'token')] });
    browser = await openBrowser();
    await browser.page.goto(program.url);
  });
  afterAll(async () => {
    await browser?.close();
    await program?.stop();
    rmSync(folder, { recursive: true });
  });

  const answer = () => answerOn(browser.page);
  const runUntil = (word: string) => executeUntil(browser.page, word);
  const openHeaders = () => browser.page.getByRole('button', { name: 'Headers' }).click();

  async function typeToken(): Promise<void> {
    const { page } = browser;
    await page.locator('.graphiql-editor-tool').click();
    // Between the quotes, after Bearer.
    for (const key of ['ControlOrMeta+Home', 'ArrowDown', 'End', 'ArrowLeft'])
      await page.keyboard.press(key);
    await page.keyboard.insertText(TOKEN);
  }

  it('is shown without the token, and says what is missing', async () => {
    await browser.page.getByRole('tab', { name: 'NewestImages' }).waitFor();
    await runUntil('UNAUTHENTICATED');
    expect(await answer()).toContain('Authorization: Bearer TOKEN');
  });

  it('answers once the token is typed into its headers', async () => {
    await openHeaders();
    await expect.poll(() => textOf(browser.page, '.graphiql-editor-tool')).toContain('"Bearer "');
    await typeToken();
    await runUntil('demo/web:1.4.0');
  });

  it('is there again after a reload, without the token, which it has not kept', async () => {
    const { page } = browser;
    const response = await page.reload();
    expect(response?.status()).toBe(200);
    await page.getByRole('tab', { name: 'NewestImages' }).waitFor();
    expect(await page.getByRole('tab').allInnerTexts()).not.toContain('<untitled>');
    await runUntil('UNAUTHENTICATED');
    const kept = await page.evaluate(() => JSON.stringify({ ...localStorage, ...sessionStorage }));
    expect(kept).not.toContain(TOKEN);
    await openHeaders();
    await expect.poll(() => textOf(page, '.graphiql-editor-tool')).toContain('"Bearer "');
    await typeToken();
    await runUntil('demo/web:1.4.0');
  });

  it('keeps its policy: nothing was blocked but what the server refused', () => {
    // Chromium reports each answer 401 as a failure to load.
    const others = browser.failures.filter((text) => !text.includes('401'));
    expect(others).toEqual([]);
  });

  it('runs no script that is not its own', async () => {
    const { page } = browser;
    const ran = await page.evaluate(() => {
      const script = document.createElement('script');
      script.textContent = 'window.injected = true';
      document.body.append(script);
      return 'injected' in window;
    });
    expect(ran).toBe(false);
    const left = await page.evaluate(() =>
      fetch('http://127.0.0.1:9/').catch((error) => String(error)),
    );
    expect(left).toContain('Failed to fetch');
    await expect.poll(() => browser.failures.join()).toContain('Content Security Policy');
  });
});
