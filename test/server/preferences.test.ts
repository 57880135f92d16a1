/** How a person wants to be written to, set on their own page: kept, checked, theirs alone, and obeyed. */
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { noPreferences } from '../../runtime/preferences.ts';
import type { Delivery } from '../../server/plugins/preferences.ts';
import { openPage, signInPage, withBrowser } from '../support/browser.ts';
import { monday, production, withServer } from '../support/server.ts';

const test = suite('preferences');
const hour = 3_600_000;

const source = `program evenings "Evenings" {
  enroll anyone verified
  timezone theirs else "Europe/London"
  stage on "On" {
    check daily at 20:00 { say "How was your day?" }
    leave as lost after 300 days of silence
  }
}`;

test('one sets their own; what does not fit is refused with a sentence', () =>
  withServer({ environment: production, sources: [source] }, async (server) => {
    const [ana, ben] = [await server.signedIn('ana@example.org'), await server.signedIn('ben@example.org')];
    const wished = { channels: ['web'], quiet: { from: 1320, to: 420 }, when: { kind: 'digest', at: 1080 }, perDay: 2 };
    assert.is((await ana.post('/api/preferences', wished)).status, 200);
    assert.equal((await ana.get<Delivery>('/api/preferences')).body.preferences, wished);
    assert.equal((await ben.get<Delivery>('/api/preferences')).body.preferences, noPreferences);
    assert.is((await server.visit().get('/api/preferences')).status, 401);
    const refused: [unknown, RegExp][] = [
      [{ ...wished, when: { kind: 'digest', at: 0 } }, /00:00 lies in the quiet hours from 22:00 to 07:00/],
      [{ ...wished, when: { kind: 'digest' } }, /at/],
      [{ ...wished, when: { kind: 'now', at: 5 } }, /at/],
      [{ ...wished, quiet: { from: -1, to: 5 } }, /quiet.from/],
      [{ ...wished, perDay: 0 }, /Messages a day are a whole number/],
      [{ ...wished, person: 'ben' }, /There is no field “person”/],
      [{ ...wished, channels: Array.from({ length: 11 }, (_, n) => `c${n}`) }, /channels/],
    ];
    for (const [body, sentence] of refused) {
      const answer = await ana.post<{ error: { message: string } }>('/api/preferences', body);
      assert.is(answer.status, 400);
      assert.match(answer.body.error.message, sentence);
    }
    assert.equal((await ana.get<Delivery>('/api/preferences')).body.preferences, wished);
  }));

test('on the page: set, told that it is saved, shown what waits, and the chat has it at its time', () =>
  withServer({ sources: [source] }, (server) =>
    withBrowser(async (browser) => {
      const page = await openPage(browser);
      await signInPage(page, { url: server.url, email: 'ana@example.org', path: '/chat/evenings' });
      await page.fill('#composer', 'Hello');
      await page.keyboard.press('Enter');
      await page.locator('[data-state="known"]').first().waitFor();
      await page.getByLabel('Account of ana@example.org').click();
      await page.getByRole('link', { name: 'When to write to me' }).click();
      await page.getByLabel('Once a day, all in one message').check();
      await page.locator('input[type=time]').fill('21:30');
      await page.getByRole('button', { name: 'Save' }).click();
      await page.getByText('Saved.').waitFor();
      await server.engine.move(monday + 11 * hour);
      await page.reload();
      assert.is(await page.locator('input[type=time]').inputValue(), '21:30');
      const waits = page.locator('.preferences-waiting li');
      assert.match((await waits.textContent()) ?? '', /Evenings.*Today, 21:30.*All in one message at 21:30\./s);
      await page.goto(`${server.url}/chat/evenings`);
      await page.locator('[data-message]').first().waitFor();
      assert.is(await page.getByText('How was your day?').count(), 0);
      // The page is open, and far beyond what is held: it comes all the same.
      await page.fill('#composer', 'Good night');
      await page.keyboard.press('Enter');
      await page.locator('.is-own[data-state="known"]', { hasText: 'Good night' }).waitFor();
      await server.engine.move(monday + 12.5 * hour);
      await page.getByText('How was your day?').waitFor();
      assert.equal(page.complaints, []);
    }),
  ));

test.run();
