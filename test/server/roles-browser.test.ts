/**
 * What operators do for roles, on the pages in a real browser: deciding, answering, putting right; also on
 * a phone, where nothing may stick out.
 */
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { openPage, signInPage, withBrowser } from '../support/browser.ts';
import { withServer } from '../support/server.ts';
import { ward } from '../support/ward.ts';

const pages = suite('pages for roles');
const email = 'ana@example.org';

pages('deciding, answering and putting right, on a desk and on a phone', () =>
  withServer({ sources: [ward] }, (server) =>
    withBrowser(async (browser) => {
      const { control } = server.engine;
      const person = await control.personByEmail(email, { zone: 'Europe/London' });
      const say = (text: string) =>
        control.receive({ person: person.id, program: 'ward', channel: 'web', id: `said-${text}`, text });
      for (const word of ['up', 'count', 'alarm', 'all']) await say(word);
      const [enrollment] = await control.enrollments({ limit: 1 });
      const id = enrollment?.id ?? '';
      const facts = async () => (await control.enrollment(id)).facts;

      const page = await openPage(browser);
      const waitsFor = (count: number) =>
        page.waitForFunction((wanted) => document.querySelectorAll('.item').length === wanted, count);
      await signInPage(page, { url: server.url, email, path: '/operators' });
      await waitsFor(6);
      await page.getByLabel('For').selectOption('doctor');
      await waitsFor(2);
      await page.getByLabel('For').selectOption({ label: 'everybody' });

      // Another value than the proposed one; what cannot be is told at the field, before it is sent.
      const proposal = page.locator('[data-item=proposal]');
      await proposal.getByRole('button', { name: 'Another value' }).click();
      const other = proposal.getByRole('textbox');
      assert.is(await other.inputValue(), '12');
      await other.fill('40');
      await proposal.getByRole('button', { name: 'Approve this' }).click();
      await proposal.getByText('must be between 0 and 20').waitFor();
      await other.fill('14');
      await proposal.getByRole('button', { name: 'Approve this' }).click();
      await waitsFor(5);
      assert.is((await facts()).data.dose, 14);
      await page.locator('[data-item=call]').getByRole('button', { name: 'Done' }).click();
      await waitsFor(4);

      await page.goto(`${server.url}/enrollments/${id}`);
      const question = page.locator('[data-waiting=question]');
      await question.getByRole('textbox').fill('9');
      await question.getByRole('button', { name: 'Send' }).click();
      await question.waitFor({ state: 'detached' });
      assert.is((await facts()).data.left, 9);
      await page.locator('[data-waiting=escalation]').getByRole('button', { name: 'I have seen it' }).click();
      await page.locator('.waits').waitFor({ state: 'detached' });
      assert.equal((await facts()).climbs, []);

      await page.getByRole('button', { name: /Change dose/ }).click();
      await page.getByLabel(/^dose/).fill('16');
      await page.keyboard.press('Enter');
      await page.getByRole('button', { name: 'Change dose: 16 units' }).waitFor();

      const tasks = page.locator('[data-list=tasks]');
      await tasks.getByRole('button', { name: 'Add task' }).click();
      await tasks.getByLabel(/^title/).fill('Bed');
      await tasks.getByRole('button', { name: 'Add', exact: true }).click();
      await tasks.locator('[data-item=Bed]').waitFor();
      await tasks.getByRole('button', { name: 'Change done of Bed: no' }).click();
      await tasks.getByRole('combobox').selectOption('yes');
      await tasks.getByRole('button', { name: 'Set' }).click();
      await tasks.locator('[data-item=Bed]').getByText('Finished').waitFor();

      await page.getByRole('button', { name: 'Record fbg' }).click();
      await page.getByLabel(/^value/).fill('160');
      await page.keyboard.press('Enter');
      await page.getByRole('cell', { name: '160 mg/dL' }).waitFor();
      await page.getByRole('button', { name: 'Correct' }).click();
      await page.getByLabel(/^value/).fill('161');
      await page.keyboard.press('Enter');
      await page.getByRole('cell', { name: '161 mg/dL' }).waitFor();
      await page.getByRole('button', { name: 'Correct' }).click();
      await page.getByRole('button', { name: 'Take it back' }).click();
      await page.getByRole('cell', { name: '161 mg/dL' }).waitFor({ state: 'detached' });
      assert.equal((await facts()).series.fbg, []);

      // The timeline says where things happened, and can show one place alone.
      await page.getByLabel('Where it happened').selectOption('Tasks: Bed');
      const rows = await page.locator('.row-thread').allTextContents();
      assert.ok(rows.length > 0 && rows.every((text) => text === 'Tasks: Bed'), rows.join(', '));

      await page.setViewportSize({ width: 390, height: 800 });
      for (const path of ['/', '/operators', `/enrollments/${id}`, '/chat/ward']) {
        await page.goto(server.url + path);
        await page.locator('main').waitFor();
        const out = await page.evaluate(() => document.documentElement.scrollWidth - innerWidth);
        assert.is(out, 0, `${path} sticks out on a phone`);
      }
      assert.equal(page.complaints, []);
    }),
  ),
);

pages.run();
