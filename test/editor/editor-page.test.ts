/**
 * The editor in a real browser, on a real server: mistakes, completion, the graph, publishing, drafts, narrow screens.
 */
import { readFileSync } from 'node:fs';
import type { Browser, Page } from 'playwright-core';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { openPage, withBrowser } from '../support/browser.ts';
import { type TestServer, withServer } from '../support/server.ts';

const couch = readFileSync(new URL('../../programs/couch_to_5k.regimen', import.meta.url), 'utf8');
const email = 'ana@acme.com';

type EditorPage = Page & { complaints: string[] };

/** One server and one browser for all tests of this file: starting them takes longer than the tests. */
type Shared = { world: TestServer; browser: Browser };
let shared: Shared;
let release = () => {};
let finished: Promise<void>;

test.before(async () => {
  shared = await new Promise<Shared>((resolve, reject) => {
    finished = withServer({}, (world) =>
      withBrowser(async (browser) => {
        resolve({ world, browser });
        await new Promise<void>((done) => {
          release = done;
        });
      }),
    );
    finished.catch(reject);
  });
});

test.after(async () => {
  release();
  await finished;
});

/** The editor, signed in, with the first check done. */
async function openEditor({ world, browser }: Shared, options = {}): Promise<EditorPage> {
  const visitor = await world.signedIn(email);
  const page = await openPage(browser, options);
  const cookies = [...visitor.cookies].map(([name, value]) => ({ name, value, url: world.url }));
  await page.context().addCookies(cookies);
  await page.goto(`${world.url}/editor/couch_to_5k`);
  await page.waitForSelector('.view-line');
  await checkedAs(page, 'None');
  return page;
}

/** Waits until the problems pane counts so. */
async function checkedAs(page: Page, count: string): Promise<void> {
  await page.waitForFunction((text) => document.querySelector('[data-problems]')?.textContent === text, count);
}

/**
 * Clicks the line above the scenario until its result is told. The line is drawn anew after each change of the text,
 * and a click on one that is just going away is lost, to a person as well.
 */
async function runScenario(page: Page, told: string): Promise<void> {
  const result = page.getByText(told);
  for (let tries = 0; tries < 5 && !(await result.isVisible()); tries++) {
    await page.locator('.codelens-decoration a', { hasText: 'Run scenario' }).click();
    await result.waitFor({ timeout: 4000 }).catch(() => {});
  }
  assert.ok(await result.isVisible(), told);
}

/** Puts the cursor at the end of the line (from 1) that the text has there. */
async function cursorAt(page: Page, line: number): Promise<void> {
  await page.locator('.native-edit-context').focus();
  await page.keyboard.press('Control+Home');
  for (let at = 1; at < line; at++) await page.keyboard.press('ArrowDown');
  await page.keyboard.press('End');
}

/** The number, from 1, of the first line that holds this. */
const lineOf = (text: string) => {
  const index = couch.split('\n').findIndex((line) => line.includes(text));
  assert.ok(index >= 0, `the program has ${text}`);
  return index + 1;
};

const highlighted = (page: Page) =>
  page
    .locator('.graph-node.is-highlighted')
    .evaluateAll((nodes) => nodes.map((node) => node.getAttribute('data-stage')));

test('from a mistake to a published version, and back to a draft', async () => {
  // Somebody is inside before the editor is opened: they must stay on version 1.
  const { world } = shared;
  const inside = await world.engine.control.personByEmail('bo@acme.com', { zone: 'Europe/London' });
  await world.engine.control.enroll({ person: inside.id, program: 'couch_to_5k', by: 'operator' });
  const page = await openEditor(shared);

  // The graph follows the cursor, and the cursor the graph.
  await cursorAt(page, lineOf('stage training'));
  await page.waitForSelector('[data-stage="training"].is-highlighted');
  assert.equal(await highlighted(page), ['training']);
  await page.locator('[data-stage="intake"] .graph-title').first().click();
  await page.waitForSelector('[data-stage="intake"].is-highlighted');
  assert.equal(await highlighted(page), ['intake']);

  // A mistake shows on its line, with the remedy, and closes publishing.
  const line = lineOf('stage training');
  await cursorAt(page, line);
  await page.keyboard.type('\nadvance to recovry when done >= 3', { delay: 5 });
  await page.keyboard.press('Escape');
  // Half of the line may be checked before the whole of it is.
  const problem = page.locator('.problem.is-error');
  await problem.filter({ hasText: 'recovry' }).waitFor();
  await checkedAs(page, '1 error');
  assert.match((await problem.textContent()) ?? '', `Line ${line + 1}`);
  assert.match((await problem.textContent()) ?? '', 'recovry');
  const publish = page.getByRole('button', { name: 'Publish…' });
  assert.is(await publish.getAttribute('aria-disabled'), 'true');
  assert.match((await page.locator('#publish-why').textContent()) ?? '', /1 error/);
  await page.locator('.squiggly-error').first().waitFor({ state: 'attached' });

  // Its fix is one press away.
  await problem.locator('.problem-fix').click();
  await page.waitForFunction(() => document.querySelector('.problem.is-error') === null);

  // After `advance to` come the stages.
  await cursorAt(page, line + 1);
  await page.keyboard.type('\nadvance to ', { delay: 20 });
  const list = page.locator('.suggest-widget.visible .monaco-list-row');
  await list.first().waitFor();
  const labels = await list.locator('.label-name').allTextContents();
  assert.equal(labels.sort(), ['graduated', 'intake', 'recovery', 'training']);
  await page.keyboard.press('Escape');

  // Undo until the text is the published one again: there is nothing to publish. Then change it for good.
  const unchanged = () => document.querySelector('#publish-why')?.textContent?.startsWith('Version 1 is this text');
  for (let presses = 0; presses < 100 && !(await page.evaluate(unchanged)); presses++) {
    await page.keyboard.press('Control+Z');
  }
  await page.waitForFunction(unchanged);
  await page.keyboard.press('Control+End');
  await page.keyboard.type('// Second thoughts.');
  const changed = `${couch}// Second thoughts.`;
  await page.waitForFunction(() => document.querySelector('#publish-why')?.textContent === '');
  await checkedAs(page, 'None');
  await publish.click();
  const dialog = page.getByRole('dialog');
  await dialog.getByText('1 person inside stays on the version they are on.').waitFor();
  const choice = dialog.getByLabel('Let the one who can go over to version 2');
  await choice.check();
  await dialog.getByText('1 person goes over as soon as nothing of theirs is in hand.').waitFor();
  await choice.uncheck();
  await dialog.getByRole('button', { name: 'Publish version 2' }).click();
  await dialog.getByText('is published').waitFor();
  await dialog.getByRole('button', { name: 'Close' }).click();
  assert.match((await page.locator('.editor-state').textContent()) ?? '', /^Version 2$/);

  const versions = await world.engine.control.enrollments({ program: 'couch_to_5k', limit: 10 });
  assert.equal(
    versions.map((one) => [one.person.email, one.version]),
    [['bo@acme.com', 1]],
  );
  const stored = await world.engine.control.programSource('couch_to_5k');
  assert.is(stored.version, 2);
  assert.is(stored.source, changed);

  // A draft survives a reload; discarded, it is gone, and undo brings it back.
  await page.locator('.native-edit-context').focus();
  await page.keyboard.type('// A draft.');
  await page.keyboard.press('Control+S');
  await page.getByText('Your draft is saved in this browser.').waitFor();
  await page.reload();
  await page.getByText('This is your draft').waitFor();
  await page.getByRole('button', { name: 'Discard draft' }).click();
  await page.waitForFunction(() => document.querySelector('.editor-state')?.textContent === 'Version 2');
  assert.is(await page.evaluate(() => localStorage.length), 0);
  assert.equal(page.complaints, []);
});

test('formatting: by key and by button, the cursor stays, undo takes it back, a mistake is named', async () => {
  const page = await openEditor(shared);
  const draft = (holds: string) =>
    page.waitForFunction((text) => Object.values(localStorage).some((kept) => String(kept).includes(text)), holds);
  await cursorAt(page, lineOf('stage training'));
  await page.keyboard.type('\n      let   x=1+2');
  await draft('      let   x=1+2');
  await page.keyboard.press('Shift+Alt+F');
  await page.getByText('Formatted. Undo brings the old text back.').waitFor();
  await draft('    let x = 1 + 2\\n');
  // The cursor is where it was: behind the 2.
  await page.keyboard.type('0');
  await draft('    let x = 1 + 20\\n');

  await page.keyboard.press('Backspace');
  await page.getByRole('button', { name: 'Format' }).click();
  await page.getByText('The text is already formatted.').waitFor();
  await page.keyboard.press('Control+Z');
  await page.keyboard.press('Control+Z');
  await page.keyboard.press('Control+Z');
  await draft('      let   x=1+2');

  await page.keyboard.type(' +');
  await page.getByRole('button', { name: 'Format' }).click();
  await page.getByText(/^Not formatted\. Line \d+: /).waitFor();
  assert.equal(page.complaints, []);
});

test('on a narrow screen one part shows at a time, and a problem leads back to the text', async () => {
  const page = await openEditor(shared, { viewport: { width: 390, height: 844 } });
  assert.is(await page.evaluate(() => document.documentElement.scrollWidth), 390);
  await page.getByRole('tab', { name: 'Stages' }).click();
  assert.ok(await page.locator('[data-stage="intake"]').first().isVisible());
  assert.not.ok(await page.locator('.view-line').first().isVisible());
  await page.locator('[data-stage="training"] .graph-title').first().click();
  await page.waitForFunction(() => document.activeElement?.closest('.pane-text') !== null);
  assert.ok(await page.locator('.view-line').first().isVisible());
  await page.keyboard.type('?');
  await page.getByRole('tab', { name: /Problems \d/ }).click();
  await page.locator('.problem-go').first().click();
  assert.ok(await page.locator('.view-line').first().isVisible());
  assert.equal(page.complaints, []);
});

test('the keyboard alone is enough: out of the text, to a stage, to the next problem', async () => {
  const page = await openEditor(shared);
  await cursorAt(page, 1);
  await page.keyboard.press('Escape');
  await page.keyboard.press('Tab');
  const focus = () => page.evaluate(() => document.activeElement?.getAttribute('aria-label') ?? '');
  // The edge between text and stages comes first, and moves by key.
  const edge = page.getByRole('separator');
  const width = Number(await edge.getAttribute('aria-valuenow'));
  assert.match(await focus(), /^Width of the stages/);
  await page.keyboard.press('ArrowLeft');
  assert.is(Number(await edge.getAttribute('aria-valuenow')), width + 2);
  await page.keyboard.press('Home');
  assert.is(Number(await edge.getAttribute('aria-valuenow')), width);
  await page.keyboard.press('Tab');
  assert.is(await page.evaluate(() => document.activeElement?.closest('.pane-graph') != null), true);
  for (let presses = 0; presses < 20 && !(await focus()).startsWith('Stage training'); presses++)
    await page.keyboard.press('Tab');
  await page.keyboard.press('Enter');
  await page.waitForSelector('[data-stage="training"].is-highlighted');
  await page.keyboard.press('End');
  await page.keyboard.type('\nskil run_coach');
  await page.keyboard.press('Escape');
  await page.locator('.problem.is-error').first().waitFor();
  await page.keyboard.press('Control+Home');
  await page.keyboard.press('F8');
  await page.locator('.marker-widget').waitFor();
  assert.equal(page.complaints, []);
});

test('go to the declaration, rename everywhere, see the next times, run a scenario', async () => {
  const page = await openEditor(shared);
  const draft = (holds: string) =>
    page.waitForFunction((text) => Object.values(localStorage).some((kept) => String(kept).includes(text)), holds);

  // Beside each cadence stand the next three local times.
  await cursorAt(page, lineOf('review   mon'));
  await page.waitForFunction(() =>
    [...document.querySelectorAll('.view-line')].some((line) => /18:00,.*18:00,.*18:00/.test(line.textContent ?? '')),
  );

  // F12 on `recovery` in `interrupt with recovery` leads to its stage.
  await cursorAt(page, lineOf('interrupt with recovery'));
  await page.keyboard.press('ArrowLeft');
  await page.keyboard.press('ArrowLeft');
  await page.keyboard.press('F12');
  await page.waitForSelector('[data-stage="recovery"].is-highlighted');

  // F2 renames the stage everywhere.
  await page.keyboard.press('F2');
  const field = page.locator('.rename-box input');
  await field.waitFor();
  await field.fill('resting_up');
  await page.keyboard.press('Enter');
  await draft('stage resting_up');
  await draft('interrupt with resting_up');
  await checkedAs(page, 'None');

  // A scenario below the program is run from the line above it.
  await page.locator('.native-edit-context').focus();
  await page.keyboard.press('Control+End');
  // Put in at once, as a paste is: whether a brace typed alone is closed by the editor hangs on how far its
  // coloring has come.
  await page.keyboard.insertText(
    [
      '',
      'scenario "stops" of couch_to_5k {',
      '  start mon 2026-01-05 09:00 in "Europe/London"',
      '  they say "stop"',
      '  expect left as opted_out',
      '}',
    ].join('\n'),
  );
  await checkedAs(page, 'None');
  await runScenario(page, 'The scenario passed.');
  assert.equal(page.complaints, []);
});

test.run();
