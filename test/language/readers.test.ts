/** The two readers, of sound texts and of all texts, make the same tree of whatever is written in the language here. */
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { RegimenGrammar, readWhole } from '../../language/grammar.ts';
import { soundReader } from '../../language/read-sound.ts';
import { tokenize, vocabulary } from '../../language/tokens.ts';
import { readSources } from '../fuzz/sources.ts';

const SHARE = 4;
const readSound = soundReader(new RegimenGrammar({ validate: false }));

test('both readers make the same tree', () => {
  // The one that knows about mistakes takes its time.
  const sources = readSources().filter((_, index) => index % SHARE === 0);
  let sound = 0;
  for (const { name, text } of sources) {
    const tokens = tokenize(text).value;
    const quick = readSound(tokens, 'file');
    const whole = readWhole(tokens, 'file');
    assert.is(quick !== undefined, whole.errors.length === 0, name);
    if (quick === undefined) continue;
    sound++;
    assert.is(JSON.stringify(quick), JSON.stringify(whole.tree), name);
  }
  assert.ok(sound > 20);
});

test('the name of a part says whether it is a node or a token', () => {
  const types = new Set(vocabulary.map(({ name }) => name));
  const rules = Object.keys(new RegimenGrammar({ validate: false }).analyzed().getGAstProductions());
  assert.ok(rules.length > 100);
  assert.equal(
    rules.filter((name) => types.has(name)),
    [],
  );
});

test.run();
