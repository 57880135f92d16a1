/**
 * The pages in a real browser: sign in, talk, lose the connection and the server, and lose nothing.
 */
import type { Page } from 'playwright-core';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import type { ShownMessage } from '../../server/chat-state.ts';
import { openPage, signInPage, withBrowser } from '../support/browser.ts';
import { type TestServer, withServer } from '../support/server.ts';

const pages = suite('pages');
const path = '/chat/couch_to_5k';

const say = async (page: Page, text: string): Promise<void> => {
  await page.fill('#composer', text);
  await page.keyboard.press('Enter');
};

/** What the page shows, as ids in order. */
const shownIds = (page: Page): Promise<(string | null)[]> =>
  page
    .locator('[data-message]')
    .evaluateAll((elements) => elements.map((element) => element.getAttribute('data-message')));

/** The page shows exactly what is stored: everything, once, in order. */
async function showsAll(server: TestServer, page: Page): Promise<ShownMessage[]> {
  const cookies = await page.context().cookies();
  const visitor = server.visit({ cookie: cookies.map(({ name, value }) => `${name}=${value}`).join('; ') });
  await server.engine.settle();
  const { body } = await visitor.get<{ messages: ShownMessage[] }>(`/api${path}/messages`);
  await page.waitForFunction(
    (count) => document.querySelectorAll('[data-message]').length >= count,
    body.messages.length,
  );
  assert.equal(
    await shownIds(page),
    body.messages.map(({ id }) => id),
  );
  assert.is(await page.locator('[data-state="sending"], [data-state="waiting"], [data-state="failed"]').count(), 0);
  return body.messages;
}

pages('sign in, talk, answer, and come back to a server that was away', () =>
  withServer({}, (server) =>
    withBrowser(async (browser) => {
      const page = await openPage(browser);
      await page.goto(server.url + path);
      assert.match(page.url(), /\/sign-in\?next=/);
      await signInPage(page, { url: server.url, email: 'ana@example.org', path });
      await page.getByText('Say hello to begin').waitFor();

      await say(page, 'Hello there');
      await page.getByText('Before you start').waitFor();
      assert.is(await page.locator('[data-stage]').textContent(), 'What brings you here?');
      await page.getByText('scripted').first().waitFor();
      await showsAll(server, page);

      await page.getByRole('button', { name: 'no', exact: true }).click();
      await page.locator('.question').waitFor({ state: 'detached' });
      await showsAll(server, page);

      // The server goes away; the person writes on; the program speaks meanwhile.
      const before = (await showsAll(server, page)).length;
      await server.restart(async () => {
        await say(page, 'I want to run with my kids');
        await page.getByText('Waiting for the connection').waitFor();
        await server.engine.move((await server.engine.now()) + 2 * 86_400_000);
      });
      await page.locator('.message.is-own[data-state="known"]', { hasText: 'with my kids' }).waitFor();
      const after = await showsAll(server, page);
      assert.ok(after.length >= before + 3, 'What the program said meanwhile, the message and its answer.');

      // A message whose answer got lost is sent again, and is one message all the same.
      let lost = 0;
      await page.route('**/messages', async (route) => {
        if (route.request().method() !== 'POST' || lost > 0) return route.continue();
        lost += 1;
        await route.fetch();
        return route.abort();
      });
      await say(page, 'Did this arrive?');
      await page.locator('.message.is-own[data-state="known"]', { hasText: 'Did this arrive?' }).waitFor();
      const twice = (await showsAll(server, page)).filter(({ text }) => text === 'Did this arrive?');
      assert.is(lost, 1);
      assert.is(twice.length, 1);
      await page.unroute('**/messages');

      // Too long is said before it is sent; what the server refuses stays, with its sentence.
      await page.fill('#composer', 'x'.repeat(4_001));
      await page.getByText('1 character too many').waitFor();
      assert.is(await page.getByRole('button', { name: 'Send' }).isDisabled(), true);
      await page.route('**/messages', (route) =>
        route.fulfill({
          status: 403,
          json: { error: { code: 'not-allowed', message: 'This program is closed to you.' } },
        }),
      );
      await say(page, 'May I?');
      await page.getByText('Not sent. This program is closed to you.').waitFor();
      await page.unroute('**/messages');
      await page.getByRole('button', { name: 'Remove' }).click();
      await showsAll(server, page);

      // A reload shows the same; so does a second window.
      await page.reload();
      await showsAll(server, page);

      // The clock from the page.
      const stood = Number(await page.locator('[data-now]').getAttribute('data-now'));
      await page.getByTitle('Move the clock forward by a day').click();
      await page.waitForFunction(
        (at) => Number(document.querySelector('[data-now]')?.getAttribute('data-now')) >= at + 86_400_000,
        stood,
      );
      await showsAll(server, page);

      const unexpected = page.complaints.filter(
        (complaint) => !/ERR_CONNECTION_REFUSED|ERR_FAILED|ERR_INCOMPLETE_CHUNKED|status of 403/.test(complaint),
      );
      assert.equal(unexpected, []);
    }),
  ),
);

pages('the page of an enrollment is live, and every page is free of complaints and of sideways scrolling', () =>
  withServer({}, (server) =>
    withBrowser(async (browser) => {
      const page = await openPage(browser, { viewport: { width: 390, height: 844 } });
      await signInPage(page, { url: server.url, email: 'ana@example.org', path });
      await say(page, 'Hello');
      await page.getByText('Before you start').waitFor();
      await server.engine.settle();
      const [enrollment] = await server.engine.control.enrollments({ limit: 1 });
      assert.ok(enrollment);

      await page.goto(`${server.url}/enrollments/${enrollment.id}`);
      await page.getByText('Enrolled in Couch to 5K').waitFor();
      await page.locator('.graph:visible .is-current').waitFor();
      await server.engine.control.record({
        enrollment: enrollment.id,
        id: 'run-1',
        series: 'runs',
        fields: { completed: true },
        by: 'service',
      });
      await page.getByText('1 entry').waitFor();
      const rows = await page
        .locator('[data-seq]')
        .evaluateAll((elements) => elements.map((element) => Number(element.getAttribute('data-seq'))));
      assert.is(rows.length, new Set(rows).size);
      await page.getByRole('button', { name: 'Conversation' }).click();
      await page.getByText('Enrolled in Couch to 5K').waitFor();

      for (const other of ['/', '/enrollments', `/enrollments/${enrollment.id}`, '/operators', path]) {
        await page.goto(server.url + other);
        await page.locator('h1').first().waitFor();
        const sideways = await page.evaluate(
          () => document.documentElement.scrollWidth - document.documentElement.clientWidth,
        );
        assert.ok(sideways <= 0, `${other} scrolls sideways by ${sideways} px.`);
      }

      await page.locator('.account summary').click();
      await page.getByRole('button', { name: 'Sign out' }).click();
      await page.getByRole('link', { name: 'Sign in', exact: true }).waitFor();
      assert.equal(page.complaints, []);
    }),
  ),
);

pages(
  'a long conversation begins at its end, stays there while the reader does, and opens further back when asked',
  () =>
    withServer({}, (server) =>
      withBrowser(async (browser) => {
        const { control } = server.engine;
        const person = await control.personByEmail('ana@example.org', { zone: 'Europe/London' });
        await control.enroll({ person: person.id, program: 'couch_to_5k', at: 'training', by: 'operator' });
        const tell = (text: string, count: number) =>
          Promise.all(
            Array.from({ length: count }, (_, index) =>
              control.receive({
                person: person.id,
                program: 'couch_to_5k',
                channel: 'web',
                id: `${text}-${index}-${count}`,
                text,
              }),
            ),
          );
        for (let batch = 1; batch <= 11; batch++) await tell('run', 10 + batch);

        const page = await openPage(browser, { viewport: { width: 390, height: 700 } });
        await signInPage(page, { url: server.url, email: 'ana@example.org', path });
        await page.locator('.message').first().waitFor();
        const fromEnd = () =>
          page.locator('.conversation').evaluate((box) => box.scrollHeight - box.scrollTop - box.clientHeight);
        const shown = () => page.locator('[data-message]').count();
        assert.is(await shown(), 200);
        assert.ok((await fromEnd()) < 2);

        // Many at once, and one taller than the window: the end stays in view.
        await tell('workout', 12);
        await page.waitForTimeout(300);
        await say(page, 'word '.repeat(700));
        await page.locator('.message.is-own[data-state="known"]', { hasText: 'word' }).waitFor();
        await page.waitForTimeout(300);
        assert.ok((await fromEnd()) < 2, `${await fromEnd()} px from the end`);
        assert.is(await page.getByRole('button', { name: 'New messages' }).count(), 0);

        // Somebody who reads further up is left there, and told.
        await page.locator('.conversation').evaluate((box) => box.scrollTo(0, 0));
        await page.waitForTimeout(100);
        await tell('run', 3);
        await page.getByRole('button', { name: 'New messages' }).waitFor();
        assert.ok((await fromEnd()) > 1_000);
        const first = page.locator('[data-message]').first();
        const id = await first.getAttribute('data-message');
        const before = (await first.boundingBox())?.y ?? 0;
        await page.getByRole('button', { name: 'Show earlier messages' }).click();
        await page.waitForFunction(() => document.querySelectorAll('[data-message]').length > 210);
        await page.waitForTimeout(300);
        const after = (await page.locator(`[data-message="${id}"]`).boundingBox())?.y ?? 0;
        assert.ok(Math.abs(after - before) < 120, `What was read moved by ${Math.round(after - before)} px.`);

        // One's own message is always seen.
        await say(page, 'run');
        await page.waitForTimeout(300);
        assert.ok((await fromEnd()) < 2);
        assert.equal(page.complaints, []);
      }),
    ),
);

pages.run();
