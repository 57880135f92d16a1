/** Drafts in the browser's storage, and what a new program starts as. */
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { compile } from '../../../compiler/compile.ts';
import { discardDraft, readDraft, type Storage, writeDraft } from '../../../editor/drafts.ts';
import { programName, starterText, titleOf } from '../../../editor/starter.ts';

function memory(): Storage & { values: Map<string, string> } {
  const values = new Map<string, string>();
  return {
    values,
    getItem: (key) => values.get(key) ?? null,
    setItem: (key, value) => void values.set(key, value),
    removeItem: (key) => void values.delete(key),
  };
}

const draft = { text: 'program a { }', baseVersion: 2, savedAt: 5 };

test('a draft comes back as it was, under its own program only', () => {
  const storage = memory();
  assert.is(writeDraft(storage, 'a', draft), true);
  assert.equal(readDraft(storage, 'a'), draft);
  assert.is(readDraft(storage, 'b'), null);
  discardDraft(storage, 'a');
  assert.is(readDraft(storage, 'a'), null);
});

for (const kept of ['', 'not json', 'null', '7', '{}', '{"text":1,"baseVersion":1,"savedAt":1}', '{"text":"a"}']) {
  test(`what cannot be a draft is no draft: ${kept}`, () => {
    const storage = memory();
    storage.values.set('regimen-draft:a', kept);
    assert.is(readDraft(storage, 'a'), null);
  });
}

test('a browser that refuses storage only costs the draft', () => {
  const refuse = () => {
    throw new Error('quota');
  };
  const storage: Storage = { getItem: refuse, setItem: refuse, removeItem: refuse };
  assert.is(writeDraft(storage, 'a', draft), false);
  assert.is(readDraft(storage, 'a'), null);
  discardDraft(storage, 'a');
});

for (const [title, name] of [
  ['Morning walks', 'morning_walks'],
  ['  Couch to 5K! ', 'couch_to_5k'],
  ['5 minutes a day', 'program_5_minutes_a_day'],
  ['Übung für Große', 'ubung_fur_grosse'],
  ['!?', ''],
  ['', ''],
] as const) {
  test(`“${title}” is named ${name || 'not at all'}`, () => assert.is(programName(title), name));
}

test('a name reads as a title', () => assert.is(titleOf('couch_to_5k'), 'Couch to 5k'));

for (const title of ['Morning walks', 'He said "go" {now} \\o/', 'x'.repeat(80)]) {
  test(`a new program has no problems: ${title.slice(0, 24)}`, () => {
    const skills = ['celebrate', 'intake'];
    const text = starterText('new_program', title, skills);
    const { files, programs } = compile([{ path: 'new.regimen', text }], { skills });
    assert.equal(
      files.flatMap((file) => file.diagnostics.map((one) => one.message)),
      [],
    );
    assert.is(programs[0]?.ir.name, 'new_program');
    assert.is(programs[0]?.ir.stages.welcome?.skill, 'intake');
  });
}

test('a new program can be published where there is no skill yet', () => {
  const { programs } = compile([{ path: 'new.regimen', text: starterText('walks', 'Walks', []) }], { skills: [] });
  assert.is(programs[0]?.ok, true);
});

test.run();
