/**
 * Texts that try to be markup, on every page that shows them, in a real browser: they stay texts.
 */
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { openPage, signInPage, withBrowser } from '../support/browser.ts';
import { withServer } from '../support/server.ts';

const hostile = suite('hostile texts');

const markup = "</script></title><img src=x onerror='document.title=1'>";
/** In a drawing, too, words must end no element and no attribute. */
const inDrawing = "</text><image href=x onerror='document.title=1'>";
const email = "'onmouseover='alert`1`'@example.org";

hostile('titles, stages, messages and addresses are shown as they were written', async () => {
  const couch = await readFile(join(import.meta.dirname, '../../programs/couch_to_5k.regimen'), 'utf8');
  const source = couch
    .replace('"Couch to 5K"', `"${markup}"`)
    .replace('"What brings you here?"', `"${inDrawing}"`)
    .replace(/about +"/, `about "${markup} `);
  assert.is(source.split(markup).length, 3);
  assert.is(source.split(inDrawing).length, 2);
  await withServer({ sources: [source] }, (server) =>
    withBrowser(async (browser) => {
      const page = await openPage(browser);
      await signInPage(page, { url: server.url, email, path: '/chat/couch_to_5k' });
      await page.fill('#composer', `${markup} javascript:alert(1) https://example.org/"onclick="alert(1)`);
      await page.keyboard.press('Enter');
      await page.locator('[data-stage]').waitFor();
      await server.engine.settle();
      const [enrollment] = await server.engine.control.enrollments({ limit: 1 });
      assert.ok(enrollment);
      for (const [path, shown] of [
        ['/', markup],
        ['/chat/couch_to_5k', markup],
        ['/enrollments', markup],
        [`/enrollments/${enrollment.id}`, inDrawing],
        ['/editor', markup],
        ['/editor/couch_to_5k', null],
        ['/operators', null],
      ] as const) {
        await page.goto(server.url + path);
        await page.locator('.top-bar, .editor-bar').first().waitFor();
        if (shown !== null) await page.getByText(shown).first().waitFor({ state: 'attached' });
        else await page.waitForTimeout(500);
        const injected = page.locator(
          'img[src="x"], image[href="x"], [onerror], [onclick], [onmouseover], a[href^="javascript:" i]',
        );
        assert.is(await injected.count(), 0, path);
        assert.is.not(await page.title(), '1', path);
      }
      assert.equal(
        page.complaints.filter((one) => /Content Security Policy|Refused/i.test(one)),
        [],
      );
    }),
  );
});

hostile.run();
