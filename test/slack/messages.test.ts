/** Texts to Slack's blocks and back, as cases. */
import * as fc from 'fast-check';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import {
  escapeText,
  messageBlocks,
  plainText,
  readButton,
  settledBlocks,
} from '../../server/services/slack/messages.ts';

const test = suite('slack messages');
// biome-ignore lint/suspicious/noExplicitAny: blocks are a union of every kind Slack has.
const blocksOf = (text: string, question?: { id: string; options: string[] }): any[] =>
  messageBlocks(text, question).blocks;

const incoming: [string, string][] = [
  ['plain', 'plain'],
  ['a &amp;lt; b', 'a &lt; b'],
  ['1 &lt; 2 &gt; 0 &amp; so on', '1 < 2 > 0 & so on'],
  ['<https://a.example/?x=1&amp;y=2>', 'https://a.example/?x=1&y=2'],
  ['see <https://a.example|the page>', 'see the page'],
  ['<mailto:a@b.example|a@b.example>', 'a@b.example'],
  ['<tel:+123>', '+123'],
  ['<@U123> hi', '@U123 hi'],
  ['<@U123|ana> hi', '@ana hi'],
  ['<#C1|general>', '#general'],
  ['<!here> all', '@here all'],
  ['<!subteam^S1|@team>', '@team'],
];
for (const [slack, plain] of incoming) test(`in: ${slack}`, () => assert.is(plainText(slack), plain));

test('what goes out comes back as it was', () => {
  fc.assert(fc.property(fc.string(), (text) => plainText(escapeText(text)) === text));
});

test('long texts are cut where they may be, and nothing is lost', () => {
  const words = fc.array(fc.constantFrom('run', '&', '<b>', '🏃', 'x'.repeat(900), '\n'), {
    minLength: 1,
    maxLength: 40,
  });
  fc.assert(
    fc.property(words, (parts) => {
      const text = parts.join(' ');
      const blocks = blocksOf(text);
      assert.ok(blocks.every((block) => block.text.text.length <= 3000 && block.text.text.length > 0));
      const said = plainText(blocks.map((block) => block.text.text).join(' '));
      if (text.trim() !== '') assert.is(said.replace(/\s/g, ''), text.replace(/\s/g, ''));
      assert.ok(
        blocks.every((block) => !/[\uD800-\uDBFF]$|^[\uDC00-\uDFFF]/.test(block.text.text)),
        'no half characters',
      );
    }),
    { numRuns: 200 },
  );
  assert.is(blocksOf('&'.repeat(4000)).length, 7);
});

test('buttons: labels fit, values are whole, ids differ', () => {
  const long = 'a very long answer '.repeat(8).trim();
  const blocks = blocksOf('Which?', { id: 'q', options: [long, 'b'] });
  const [first, second] = blocks[1].elements;
  assert.is(first.text.text.length, 75);
  assert.equal(readButton(first.value), { question: 'q', value: long });
  assert.is.not(first.action_id, second.action_id);
});

test('more options than a block takes go into several; more than Slack takes are listed', () => {
  const options = (count: number) => Array.from({ length: count }, (_, index) => `option ${index + 1}`);
  const sixty = blocksOf('Which?', { id: 'q', options: options(60) });
  assert.equal(
    sixty.slice(1).map((block) => block.elements.length),
    [25, 25, 10],
  );
  assert.is(
    new Set(sixty.slice(1).flatMap((block) => block.elements.map((one: { action_id: string }) => one.action_id))).size,
    60,
  );
  const many = blocksOf('Which?', { id: 'q', options: options(120) });
  assert.ok(many.every((block) => block.type === 'section'));
  assert.match(many[1].text.text, /^1\. option 1\n2\. option 2/);
});

test('a settled message keeps its text and loses its buttons, whatever it is given', () => {
  const { blocks } = messageBlocks('Any pain?', { id: 'q', options: ['yes'] });
  assert.equal(
    settledBlocks(blocks, 'You answered: <yes>').map((block) => block.type),
    ['section', 'context'],
  );
  for (const odd of [undefined, null, 'x', [null, 1, { type: 'image' }]])
    assert.is(settledBlocks(odd, 'Done').length, 1);
});

test('buttons that are not ours say nothing', () => {
  for (const odd of [
    undefined,
    '',
    '{',
    'null',
    '[]',
    '{"question":"q"}',
    '{"question":"q","value":1}',
    'x'.repeat(3000),
  ])
    assert.is(readButton(odd), null);
});

test.run();
