/**
 * The story of the program through the browser alone: someone enrolls by talking, is reviewed, runs,
 * advances, falls silent and is given a week back; and each step stands on the timeline with its reason.
 */
import type { Page } from 'playwright-core';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { openPage, signInPage, withBrowser } from '../support/browser.ts';
import { withServer } from '../support/server.ts';

const story = suite('nine weeks');
const path = '/chat/couch_to_5k';
/** A review comes within this many due moments. */
const eventsMax = 5;

const say = async (page: Page, text: string): Promise<void> => {
  await page.fill('#composer', text);
  await page.keyboard.press('Enter');
  await page.locator('.message.is-own[data-state="known"]', { hasText: text }).last().waitFor();
};

/** Presses a button of the clock and waits until everything due on the way is done. Gives the new now in ms. */
async function forward(page: Page, button: string): Promise<number> {
  const bar = page.getByRole('region', { name: 'Development clock' });
  await bar.getByRole('button', { name: button }).click();
  await page.waitForFunction(() => document.querySelector('.clock-bar')?.getAttribute('aria-busy') === 'false');
  return Number(await bar.locator('[data-now]').getAttribute('data-now'));
}

const theirs = (page: Page, text: string | RegExp) => page.locator('.message.is-theirs', { hasText: text });
const stageIs = (page: Page, title: string) =>
  page.locator('[data-stage]', { hasText: new RegExp(`^${title}$`) }).waitFor();

/** A row of the timeline by its title: what it says, and the reason or words under it. */
async function rowsOf(page: Page, title: string | RegExp): Promise<string[]> {
  const rows = page.locator('.row', { has: page.locator('.row-title', { hasText: title }) });
  return (await rows.allInnerTexts()).map((text) => text.replace(/\s*\n\s*/g, ' · '));
}

story('from the first word to a week given back', () =>
  withServer({}, (server) =>
    withBrowser(async (browser) => {
      const page = await openPage(browser);
      await signInPage(page, { url: server.url, email: 'ana@example.org', path });

      // Enrolling by talking: the program asks, the agent answers.
      await say(page, 'Hello');
      await theirs(page, 'do you have chest pain or a heart condition?').waitFor();
      await theirs(page, 'What makes you want to run?').waitFor();
      await stageIs(page, 'What brings you here\\?');
      await say(page, 'I want to keep up with my children');
      await theirs(page, 'That is a good reason to begin').waitFor();
      await page.getByRole('group', { name: 'Answers' }).getByRole('button', { name: 'no' }).click();
      await stageIs(page, 'Week 1');

      // Nobody writes: the review of the evening speaks first.
      const spoken = theirs(page, /Week 1 so far|runs done in week 1/);
      const before = await spoken.count();
      const own = await page.locator('.message.is-own').count();
      for (let events = 0; events < eventsMax && (await spoken.count()) === before; events++) {
        await forward(page, 'Next event');
        await page.waitForTimeout(100);
      }
      assert.is(await spoken.count(), before + 1, 'The review spoke once.');
      assert.is(await page.locator('.message.is-own').count(), own);

      // Three runs in the person's words, a rest day between them, earn week 2.
      for (const [index, words] of ['I ran 28 minutes', 'just ran, lovely weather', 'I jogged for 25 min'].entries()) {
        await forward(page, '+1 day');
        await forward(page, '+1 day');
        await say(page, words);
        await theirs(page, `That is run ${index + 1} of 3 in week 1.`).waitFor();
      }
      await stageIs(page, 'Week 2');

      // Sixteen days of silence take one week back.
      for (const button of ['+1 week', '+1 week', '+1 day', '+1 day']) await forward(page, button);
      await stageIs(page, 'Week 1');
      const days = await page.locator('.day').allInnerTexts();
      assert.not.ok(days.includes('Tomorrow'), days.join(', '));
      await theirs(page, 'Four days without a run').waitFor();

      // Each of these steps on the timeline, with its reason.
      await page.getByRole('link', { name: 'Timeline', exact: true }).click();
      await page.getByRole('heading', { name: 'Timeline' }).waitFor();
      await stageIs(page, 'Week 1');
      assert.equal(await rowsOf(page, 'Enrolled in Couch to 5K'), [
        'Enrolled in Couch to 5K · time zone Europe/London',
      ]);
      assert.equal(await rowsOf(page, 'Answered: no'), ['Answered: no']);
      assert.equal(await rowsOf(page, 'why is now'), [
        'why is now “I want to keep up with my children” · was missing; set by the agent',
      ]);
      assert.ok((await rowsOf(page, /^Review$/)).some((row) => row.includes('so the agent looked')));
      assert.equal(await rowsOf(page, 'Recorded: run'), [
        'Recorded: run · minutes 25, completed yes',
        'Recorded: run · completed yes',
        'Recorded: run · minutes 28, completed yes',
      ]);
      assert.equal(await rowsOf(page, /^Advanced to/), [
        'Advanced to “Week 2” · because done >= 3 and week < 9',
        'Advanced to “Week 1” · because why is set and heart = no',
      ]);
      assert.equal(await rowsOf(page, /^Nudge/), ['Nudge 2 of 2', 'Nudge 1 of 2']);
      assert.equal(await rowsOf(page, /^Returned to/), [
        'Returned to “Week 1” · because no runs for 14 days and not eased',
      ]);

      // What comes next, why not yet, and an entry by hand that is told of its mistakes first.
      await page.getByRole('heading', { name: 'Why not yet' }).waitFor();
      await page.getByText('Advance to “Week 2”').waitFor();
      await page.getByRole('button', { name: 'Record run' }).click();
      await page.getByLabel('minutes').focus();
      await page.keyboard.press('Escape');
      await page.getByRole('button', { name: 'Record run' }).click();
      await page.getByLabel('minutes').fill('half an hour');
      await page.getByRole('button', { name: 'Record', exact: true }).click();
      await page.getByText('minutes must be a number (min).').waitFor();
      await page.getByText('completed is missing.').waitFor();
      await page.getByLabel('minutes').fill('30');
      await page.getByLabel('completed').selectOption('yes');
      await page.getByRole('button', { name: 'Record', exact: true }).click();
      await page.getByText('4 entries').waitFor();
      assert.equal((await rowsOf(page, 'Recorded: run'))[0], 'Recorded: run · minutes 30, completed yes');

      assert.equal(page.complaints, []);
    }),
  ),
);

story('a page follows the clock that somebody else moves', () =>
  withServer({}, (server) =>
    withBrowser(async (browser) => {
      const page = await openPage(browser);
      await signInPage(page, { url: server.url, email: 'ana@example.org', path });
      await say(page, 'Hello');
      const other = await page.context().newPage();
      await other.goto(server.url);
      const terminal = await server.visit().post<{ now: number }>('/api/clock/advance', { by: '3 days' });
      for (const one of [page, other]) {
        await one.waitForFunction(
          (now) => Number(document.querySelector('[data-now]')?.getAttribute('data-now')) >= now,
          terminal.body.now,
        );
      }
      const days = await page.locator('.day').allInnerTexts();
      assert.not.ok(days.includes('Tomorrow'), days.join(', '));
      assert.equal(page.complaints, []);
    }),
  ),
);

story.run();
