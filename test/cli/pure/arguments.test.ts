/** Arguments: what is understood, and the sentence for what is not. */
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { type Command, CommandProblem } from '../../../cli/command.ts';
import { numberOption, readArguments } from '../../../cli/read-arguments.ts';

const command: Command = {
  name: 'sample',
  usage: '',
  about: '',
  examples: [],
  options: {
    format: { type: 'string', choices: ['pretty', 'json', 'github'], about: '' },
    'max-warnings': { type: 'string', value: 'N', about: '' },
    next: { type: 'boolean', about: '' },
  },
  wordsMax: 1,
  run: async () => 0,
};

const understood: [args: string[], options: object, words: string[]][] = [
  [[], {}, []],
  [['a', '--format', 'json'], { format: 'json' }, ['a']],
  [['--format=json', '--next', '--', '--x'], { format: 'json', next: true }, ['--x']],
  [['--format', 'json', '--format', 'github'], { format: 'github' }, []],
];

const refused: [args: string[], sentence: string][] = [
  [['--fromat', 'json'], 'regimen sample has no option --fromat. Did you mean --format?'],
  [['-x'], 'regimen sample has no option -x. Run `regimen sample --help` to see its options.'],
  [['--format', 'jsno'], '--format does not know "jsno". Did you mean json? It takes pretty, json or github.'],
  [['--format'], '--format needs a value. Write --format pretty.'],
  [['--format', '--next'], '--format needs a value. Write --format pretty.'],
  [['--format='], '--format needs a value. Write --format pretty.'],
  [['--next=yes'], '--next takes no value. Write only --next.'],
  [
    ['a', 'b'],
    'regimen sample takes one word, so I do not know what to do with "b". Run `regimen sample --help` to see its options.',
  ],
];

const test = suite('arguments');

for (const [args, options, words] of understood) {
  test(`understands ${args.join(' ')}`, () => assert.equal(readArguments(command, args), { options, words }));
}

for (const [args, sentence] of refused) {
  test(`refuses ${args.join(' ')}`, () => {
    assert.throws(
      () => readArguments(command, args),
      (error: unknown) => error instanceof CommandProblem && error.exitCode === 2 && error.message === sentence,
    );
  });
}

test('numbers are whole, not negative and bounded', () => {
  assert.is(numberOption(readArguments(command, ['--max-warnings', '12']), 'max-warnings', 100), 12);
  for (const bad of ['1.5', 'many', '101', '1e1']) {
    assert.throws(
      () => numberOption(readArguments(command, ['--max-warnings', bad]), 'max-warnings', 100),
      /whole number from 0 to 100/,
    );
  }
});

test.run();
