/**
 * `regimen plan`: what a new version of a program means for the people inside the old one.
 *
 * The comparison is `compiler/plan.ts`'s; here the two versions are read and the plan is told. With one file it is
 * about the people who are really inside (`plan-people.ts`).
 */
import { readFileSync } from 'node:fs';
import type { Ir } from '../../compiler/ir.ts';
import { type Plan, plan as planOf } from '../../compiler/plan.ts';
import { isOpen, type PlanChange } from '../../compiler/plan-change.ts';
import { type Command, CommandProblem, type ExitCode, type Given, type Paint, type Terminal } from '../command.ts';
import { numberOption, textOption } from '../read-arguments.ts';
import { readVersion } from '../read-version.ts';
import { wrapWords } from '../wrap-words.ts';

const versionMax = 1_000_000;
const columns = 96;

export const plan: Command = {
  name: 'plan',
  usage: 'OLD NEW | FILE [options]',
  about: `Compares two versions of a program: the verdict first, then every change with what happens to the people
inside. It is \`safe\`, it \`needs migrate\` (the new version must say in a \`migrate\` block what becomes of people),
or it is \`refused\`, because no block could say it. What the block already says counts.

OLD and NEW are program files, or what \`regimen compile\` made of them; - reads one from the input.
Ends with 1 when something stands in the way.

With one FILE it looks at everybody who is inside, in the database of DATABASE_URL or of the running \`regimen dev\`:
how many go over, who cannot and why. Once the text is the newest version, --apply takes them over, and --rollback
takes them back.`,
  options: {
    from: { type: 'string', value: 'N', about: 'the number of the old version (default: that of the newest block)' },
    program: { type: 'string', value: 'NAME', about: 'which program, in files that hold several' },
    format: { type: 'string', choices: ['pretty', 'json'], about: 'for people or for tools' },
    apply: { type: 'boolean', about: 'with FILE: take everybody over who can go' },
    rollback: { type: 'boolean', about: 'with FILE: take everybody back who went over last' },
    now: { type: 'boolean', about: 'with --apply: do not wait for what people have in hand' },
    reason: { type: 'string', value: 'TEXT', about: 'with --apply or --rollback: why; it is kept' },
    data: { type: 'string', value: 'FOLDER', about: 'with FILE: the data folder of the running `regimen dev`' },
    workspace: { type: 'string', value: 'ID', about: 'with FILE: whose people' },
  },
  examples: [
    { line: 'regimen plan published.regimen programs/couch_to_5k.regimen', about: 'two files' },
    { line: 'git show main:walk.regimen | regimen plan - walk.regimen', about: 'what this branch changes' },
    { line: 'regimen plan old.json new.regimen --format json', about: 'for tools' },
    { line: 'regimen plan programs/couch_to_5k.regimen', about: 'what it means for everybody inside' },
    { line: 'regimen plan programs/couch_to_5k.regimen --apply --reason "Shorter weeks"', about: 'take them over' },
  ],
  wordsMax: 2,

  async run(given, terminal): Promise<ExitCode> {
    const [old, now] = given.words;
    if (old === undefined)
      throw new CommandProblem(
        'Which versions? Write `regimen plan OLD NEW`, or `regimen plan FILE` for people inside.',
      );
    refuseStrangers(given, now === undefined);
    if (now === undefined) {
      const { planPeople } = await import('../plan-people.ts');
      return planPeople(given, old, terminal);
    }
    if (old === '-' && now === '-') throw new CommandProblem('Only one of the two can come in through the input.');
    const from = numberOption(given, 'from', versionMax);
    const name = textOption(given, 'program');
    const input = [old, now].includes('-') ? readInput() : '';
    const before = await readVersion(old, input, name, terminal);
    const after = await readVersion(now, input, name, terminal);
    if (before === null || after === null) return 1;
    checkFrom(after, from);
    const result = planOf(before, after, from);
    if (textOption(given, 'format') === 'json') terminal.out(JSON.stringify(result, null, 2));
    else print(result, terminal);
    return result.verdict === 'safe' ? 0 : 1;
  },
};

/** Options that mean something only with one file, or only with two. */
function refuseStrangers(given: Given, alone: boolean): void {
  const strangers = alone ? ['from', 'program'] : ['apply', 'rollback', 'now', 'reason', 'data', 'workspace'];
  const stranger = strangers.find((name) => given.options[name] !== undefined);
  if (stranger === undefined) return;
  throw new CommandProblem(
    alone
      ? `--${stranger} is for comparing two files. Leave it out, or name the other file.`
      : `--${stranger} goes with one FILE: it is about the people inside. Leave out the other.`,
  );
}

function readInput(): string {
  try {
    return readFileSync(0, 'utf8');
  } catch {
    throw new CommandProblem('Nothing came in through the input. Let a program come in, or name its file.');
  }
}

/** A number that no block speaks of is fine: the change may need none. One that is mistyped beside blocks is not. */
function checkFrom(after: Ir, from: number | undefined): void {
  const known = Object.values(after.migrations).map((block) => block.from);
  if (from !== undefined && known.length > 0 && !known.includes(from))
    throw new CommandProblem(
      `The new version has no \`migrate from ${from}\`; it speaks of ${known.sort((a, b) => a - b).join(', ')}. Name one of these, or leave --from out.`,
    );
}

function print(result: Plan, terminal: Terminal): void {
  const paint = terminal.color.out;
  const open = result.changes.filter(isOpen);
  const said = result.changes.filter((change) => !isOpen(change) && change.met !== undefined);
  const free = result.changes.filter((change) => change.level === 'safe');
  terminal.out(verdict(result, paint));
  if (result.changes.length === 0) {
    terminal.out('Nothing changes for anybody.');
    return;
  }
  const parts = [
    `${result.changes.length} ${result.changes.length === 1 ? 'change' : 'changes'}`,
    ...(open.length > 0 ? [`${open.length} in the way`] : []),
    ...(said.length > 0 ? [`${said.length} taken care of by \`migrate from ${result.from}\``] : []),
    ...(free.length > 0 ? [`${free.length} safe`] : []),
  ];
  terminal.out(parts.join(', '));
  for (const change of result.changes) {
    terminal.out('');
    for (const line of describe(change, paint)) terminal.out(line);
  }
}

function verdict({ program, verdict: word, changes, from }: Plan, paint: Paint): string {
  if (word === 'refused') return paint('red', `${program}: refused. People inside could not go on in the new version.`);
  if (word === 'migrate')
    return paint('yellow', `${program}: needs migrate. The new version must say what becomes of people inside.`);
  const migrated = changes.some(({ met }) => met !== undefined);
  return paint('green', `${program}: safe${migrated ? `, with what \`migrate from ${from}\` says` : ''}.`);
}

function describe(change: PlanChange, paint: Paint): string[] {
  const mark = !isOpen(change)
    ? paint('green', change.met === undefined ? 'safe     ' : 'said     ')
    : change.level === 'refused'
      ? paint('red', 'refused  ')
      : paint('yellow', 'migrate  ');
  const indent = ' '.repeat('refused  '.length);
  const [first = '', ...rest] = wrapWords(change.change, columns);
  const more = [change.people, ...(change.met === undefined ? [] : [`Said by: ${change.met}`])];
  return [
    `${mark}${paint('bold', first)}`,
    ...rest.map((line) => `${indent}${paint('bold', line)}`),
    ...more.flatMap((text) => wrapWords(text, columns)).map((line) => `${indent}${line}`),
    ...(change.remedy !== undefined && isOpen(change) ? [`${indent}${paint('cyan', `→ ${change.remedy}`)}`] : []),
  ];
}
