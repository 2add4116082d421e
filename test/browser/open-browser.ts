import { existsSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type BrowserContext, chromium, type Page } from 'playwright-core';
import { expect, vi } from 'vitest';

const CHROMIUM = process.env['CHROMIUM'] ?? '/usr/bin/chromium';
const isRequired = process.env['IMAGEGRAPH_TEST_BROWSER'] === 'required';
export const hasBrowser = isRequired || existsSync(CHROMIUM);
if (!hasBrowser) process.stderr.write(`No ${CHROMIUM}: the browser's tests are skipped.\n`);

/** A browser with a profile of its own, and what its one page met. */
export interface Browser {
  readonly context: BrowserContext;
  readonly page: Page;
  /** Method and address of everything that the browser asked for. */
  readonly asked: { readonly method: string; readonly url: string }[];
  /** What went wrong on the page. */
  readonly failures: string[];
  close(): Promise<void>;
}

export async function openBrowser(): Promise<Browser> {
  const profile = await mkdtemp(join(tmpdir(), 'imagegraph-browser-'));
  const context = await chromium.launchPersistentContext(profile, {
    executablePath: CHROMIUM,
    viewport: { width: 1280, height: 800 },
    args: [
      // Tests run as root in containers, where Chromium's own sandbox cannot start.
      '--no-sandbox',
      '--disable-gpu',
      '--disable-quic',
      '--no-first-run',
      '--disable-background-networking',
      '--disable-component-update',
      '--disable-sync',
    ],
  });
  const page = await context.newPage();
  const asked: Browser['asked'] = [];
  const failures: string[] = [];
  page.on('request', (request) => asked.push({ method: request.method(), url: request.url() }));
  page.on('pageerror', (error) => failures.push(error.message));
  page.on('console', (message) => {
    if (message.type() === 'error') failures.push(message.text());
  });
  return {
    context,
    page,
    asked,
    failures,
    async close() {
      await context.close();
      await rm(profile, { recursive: true, force: true });
    },
  };
}

/** Monaco shows spaces as ones that do not break. */
export async function textOf(page: Page, place: string): Promise<string> {
  return (await page.locator(place).innerText()).replaceAll('\u00a0', ' ');
}

/** What GraphiQL shows as the answer. */
export const answerOn = (page: Page): Promise<string> => textOf(page, '.graphiql-response');

export const execute = (page: Page): Promise<void> =>
  page.getByRole('button', { name: /execute query/i }).click();

/** GraphiQL looks for the operations of a tab a moment after it is shown: a run before that is none. */
export const executeUntil = (page: Page, word: string): Promise<void> =>
  vi.waitFor(
    async () => {
      await execute(page);
      await expect.poll(() => answerOn(page), { timeout: 2_000 }).toContain(word);
    },
    { timeout: 30_000, interval: 200 },
  );
