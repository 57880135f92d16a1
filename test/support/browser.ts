/**
 * A browser for tests: Chromium as it comes from npm, or an installed one named by `REGIMEN_CHROMIUM`.
 */
import { mkdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { type Browser, type BrowserContextOptions, chromium, type Page } from 'playwright-core';

/** Nothing a page of ours does takes longer than this under test. */
export const pageTimeoutMs = 60_000;
/** After this a lock was left behind by a process that is gone. */
const unpackLimitMs = 30_000;

// These would weaken the very things some tests look at, or end the browser with its first context.
const unwanted = new Set([
  '--single-process',
  '--no-zygote',
  '--disable-web-security',
  '--disable-site-isolation-trials',
  '--allow-running-insecure-content',
]);

/** Starts a browser for the time of `work`. */
export async function withBrowser<T>(work: (browser: Browser) => Promise<T>): Promise<T> {
  const browser = await startBrowser();
  try {
    return await work(browser);
  } finally {
    await browser.close();
  }
}

async function startBrowser(): Promise<Browser> {
  const installed = process.env.REGIMEN_CHROMIUM;
  if (installed) return chromium.launch({ executablePath: installed, args: ['--no-sandbox', '--disable-gpu'] });
  const { default: packaged } = await import('@sparticuz/chromium');
  return chromium.launch({
    executablePath: await alone(() => packaged.executablePath()),
    args: packaged.args.filter((argument) => !unwanted.has(argument)),
  });
}

/** The package unpacks itself on first use, and takes a half unpacked one for whole: one process at a time. */
async function alone<T>(work: () => Promise<T>): Promise<T> {
  const lock = join(tmpdir(), 'regimen-unpacking-chromium');
  const limit = Date.now() + unpackLimitMs;
  while (Date.now() < limit) {
    try {
      mkdirSync(lock);
      break;
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
      await sleep(50);
    }
  }
  try {
    return await work();
  } finally {
    rmSync(lock, { recursive: true, force: true });
  }
}

/** A page in a browser profile of its own. What it complains about (console errors, exceptions) is collected. */
export async function openPage(
  browser: Browser,
  options: BrowserContextOptions = {},
): Promise<Page & { complaints: string[] }> {
  const context = await browser.newContext({
    viewport: { width: 1280, height: 800 },
    timezoneId: 'Europe/London',
    locale: 'en-GB',
    ...options,
  });
  const page = await context.newPage();
  page.setDefaultTimeout(pageTimeoutMs);
  const complaints: string[] = [];
  page.on('pageerror', (error) => complaints.push(String(error)));
  page.on('console', (message) => {
    if (message.type() === 'error') complaints.push(message.text());
  });
  return Object.assign(page, { complaints });
}

/** Signs in through the page, with the code that development shows. Ends on the page asked for. */
export async function signInPage(page: Page, input: { url: string; email: string; path: string }): Promise<void> {
  await page.goto(`${input.url}/sign-in?next=${encodeURIComponent(input.path)}`);
  await page.fill('#email', input.email);
  await page.click('button[type=submit]');
  await page.click('text=Use it');
  await page.waitForURL(`${input.url}${input.path}`);
}
