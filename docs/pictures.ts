/**
 * Makes the pictures of the README anew: `npm run pictures`.
 *
 * Starts a whole Regimen on a clock of its own, lives two weeks of Couch to 5K as a participant
 * would, and takes the pictures into `docs/pictures/`.
 */
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import type { Page } from 'playwright-core';
import { openPage, signInPage, withBrowser } from '../test/support/browser.ts';
import { withServer } from '../test/support/server.ts';

const folder = join(import.meta.dirname, 'pictures');
const size = { width: 1280, height: 860 };
/** Time for a page to draw what it has just been told. */
const settleMs = 1200;

await mkdir(folder, { recursive: true });
await withServer({}, (server) =>
  withBrowser(async (browser) => {
    const page = await openPage(browser, { viewport: size, deviceScaleFactor: 2 });
    await signInPage(page, { url: server.url, email: 'sam@example.com', path: '/chat/couch_to_5k' });
    await say(page, 'Hi!');
    await say(page, 'I want to keep up with my children');
    await page.getByRole('button', { name: 'no', exact: true }).click();
    await page.waitForTimeout(settleMs);
    await say(page, 'run');
    await advance(server.url, page, '4 hours');
    await say(page, 'I ran 22 minutes');
    await advance(server.url, page, '1 day');
    await say(page, 'run');
    await page.screenshot({ path: join(folder, 'chat.png') });

    for (const pause of ['1 day', '2 days']) {
      await advance(server.url, page, pause);
      await say(page, 'done');
    }
    await advance(server.url, page, '6 days');
    await page.getByRole('link', { name: 'Timeline' }).click();
    await page.waitForTimeout(settleMs * 2);
    await page.screenshot({ path: join(folder, 'timeline.png') });

    await page.goto(`${server.url}/editor/couch_to_5k`);
    await page.waitForTimeout(settleMs * 5);
    await page.screenshot({ path: join(folder, 'editor.png') });
  }),
);

async function say(page: Page, text: string): Promise<void> {
  await page.locator('textarea').fill(text);
  await page.keyboard.press('Enter');
  await page.waitForTimeout(settleMs);
}

async function advance(url: string, page: Page, by: string): Promise<void> {
  await page.request.post(`${url}/api/clock/advance`, { data: { by }, headers: { origin: url } });
  await page.waitForTimeout(settleMs);
}
