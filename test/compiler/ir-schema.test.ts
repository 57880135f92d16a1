/**
 * The published shape of the IR is the one of `ir.ts`, and every program has it.
 *
 * Two nets: the compiler of TypeScript holds the type that follows from the schema against `Ir` (an
 * error below names the part that differs), and ajv holds the IR of every program there is against it.
 */
import { globSync, readFileSync } from 'node:fs';
import { Ajv2020 } from 'ajv/dist/2020.js';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { compile } from '../../compiler/compile.ts';
import { exampleText, explainedCodes } from '../../compiler/explain-code.ts';
import type {
  Anchor,
  Cadence,
  DataField,
  Duration,
  Effect,
  Expr,
  Ir,
  Length,
  Let,
  List,
  Migration,
  Move,
  Nudge,
  Proposal,
  Question,
  Recipient,
  Rule,
  Selection,
  Series,
  Stage,
  Table,
  Text,
  TimeOfDay,
  Track,
  Value,
  ValueType,
} from '../../compiler/ir.ts';
import { irSchema } from '../../compiler/ir-schema.ts';
import { schemaFile } from '../../docs/ir-schema.ts';
import type { Span } from '../../language/ast.ts';
import { readCases } from '../support/cases.ts';
import { programFiles } from '../support/samples.ts';
import { updateOrCompare } from './support.ts';

// ---------------------------------------------------------------- the types

/** The types of `ir.ts` that the definitions stand for. Each is held against its own, and the rest refers to them. */
type Named = {
  enroll: Ir['enroll'];
  reenter: NonNullable<Ir['reenter']>;
  zone: Ir['zone'];
  quiet: NonNullable<Ir['quiet']>;
  budget: NonNullable<Ir['budget']>;
  dataField: DataField;
  series: Series;
  entryField: Series['fields'][string];
  table: Table;
  row: Table['rows'][number];
  let: Let;
  criterion: Ir['criteria'][string];
  stage: Stage;
  review: NonNullable<Stage['review']>;
  cadence: Cadence;
  nudge: Nudge;
  question: Question;
  escalation: Stage['escalations'][number];
  rule: Rule;
  trigger: Rule['trigger'];
  move: Move;
  effect: Effect;
  text: Text;
  textPart: Text['parts'][number];
  expr: Expr;
  anchor: Anchor;
  selection: Selection;
  window: NonNullable<Selection['window']>;
  valueType: ValueType;
  value: Value;
  duration: Duration;
  length: Length;
  span: Span;
  ladder: Ir['ladders'][string];
  rung: Ir['ladders'][string]['rungs'][number];
  calendar: Ir['calendars'][string];
  calendarName: NonNullable<Duration['calendar']>;
  messagesAtMost: NonNullable<Ir['messagesAtMost']>;
  proposal: Proposal;
  track: Track;
  list: List;
  migration: Migration;
  assignment: Migration['set'][number];
  timeOfDay: TimeOfDay;
  recipient: Recipient;
  stageOf: Extract<Expr, { op: 'stage' }>['of'];
  way: Extract<Expr, { op: 'choose' }>['ways'][number];
};

/** The type of the values that a schema allows. A reference stands for its type and is not followed. */
type Allowed<S> = S extends { $ref: `#/$defs/${infer Name extends keyof Named}` }
  ? Named[Name]
  : S extends { const: infer Only }
    ? Only
    : S extends { enum: readonly (infer Some)[] }
      ? Some
      : S extends { anyOf: readonly (infer Some)[] }
        ? Allowed<Some>
        : S extends { type: 'object'; properties: infer P; required: readonly (infer R)[] }
          ? { [K in keyof P & R]: Allowed<P[K]> } & { [K in Exclude<keyof P, R>]?: Allowed<P[K]> }
          : S extends { type: 'object'; additionalProperties: infer A }
            ? { [name: string]: Allowed<A> }
            : S extends { type: 'array'; items: infer I }
              ? Allowed<I>[]
              : S extends { type: keyof Plain }
                ? Plain[S['type']]
                : never;
type Plain = { string: string; number: number; integer: number; boolean: boolean; null: null };

/** A property that may be left out is required here, beside a mark: otherwise one side could have more of them. */
type Spelled<T> = T extends object
  ? { [K in keyof T]-?: Exclude<T[K], undefined> } & {
      [K in keyof T & string as object extends Pick<T, K> ? `${K}?` : never]: true;
    }
  : T;
type Same<A, B> = [Spelled<A>] extends [Spelled<B>] ? ([Spelled<B>] extends [Spelled<A>] ? true : false) : false;

type Definitions = (typeof irSchema)['$defs'];
/** The names of what differs: nothing, when schema and types agree. */
type Different = {
  [N in keyof Named | keyof Definitions]: N extends keyof Named & keyof Definitions
    ? Same<Allowed<Definitions[N]>, Named[N]> extends true
      ? never
      : N
    : N;
}[keyof Named | keyof Definitions];

/** These two do nothing when they run: that they compile is the test. An error names the part that differs. */
export const definitionsAgree = (different: Different): never => different;
export const programsAgree: Same<Allowed<typeof irSchema>, Ir> = true;

// ---------------------------------------------------------------- the values

const validate = new Ajv2020({ strict: true, allowUnionTypes: true, allErrors: false }).compile(irSchema);
const problem = () => validate.errors?.map((error) => `${error.instancePath} ${error.message}`).join('\n') ?? '';

function programs(text: string): Ir[] {
  return compile([{ path: 'test.regimen', text }]).programs.map(({ ir }) => ir);
}

/** What no other program here says. */
const rest = `program rest {
  data { dose : number mg = 1  felt : text?  runs : series { minutes: number min }  rest : duration = 2 days }
  stage a {
    skill s
    let words = felt else "dose {dose}"
    command "a" { say "{words}" }
    leave as off when -dose > 3 or count(runs this week) > 3
    leave as gone when 3 days since dose changed and 3 days since enrolled
    leave as lost after 9 days of silence
    review every 2 weeks on mon at 09:00
    check monthly on second thu at 09:00 { say "B" }
    check business days at 09:00 { say "C" }
    on runs where occurred > enrolled and entered > enrolled { say "D" }
    when count(runs since dose changed) > 2 { say "E" }
  }
}`;

const cases = new URL('../', import.meta.url);
const sources: { name: string; text: string }[] = [
  ...programFiles().map(({ path, text }) => ({ name: path, text })),
  ...globSync('**/*.regimen', { cwd: cases }).map((path) => ({
    name: path,
    text: readFileSync(new URL(path, cases), 'utf8'),
  })),
  ...['compiler/cases/diagnostics.txt', 'language/cases/programs.txt', 'language/cases/expressions.txt'].flatMap(
    (path) =>
      readCases(new URL(path, cases).pathname).map(({ name, source }) => ({ name: `${path}: ${name}`, text: source })),
  ),
  { name: 'rest', text: rest },
  ...explainedCodes()
    .filter((code) => code !== 'skill-file')
    .map((code) => ({ name: `explain ${code}`, text: exampleText(code, 'mended') })),
];

/** Also of programs with mistakes: their IR is drawn and completed from, so it must have the shape. */
test('the IR of every program has the published shape', () => {
  let tried = 0;
  for (const { name, text } of sources) {
    for (const ir of programs(text)) {
      tried++;
      assert.ok(validate(JSON.parse(JSON.stringify(ir))), `${name}: ${problem()}`);
    }
  }
  assert.ok(tried > 150, `only ${tried}`);
});

/** What stands in no program: scenarios alone ask for it. */
const onlyExpected = new Set(['op let-of']);

test('every kind of expression, effect, move and trigger is met somewhere', () => {
  const met = new Set<string>();
  const look = (part: unknown) => {
    if (typeof part !== 'object' || part === null) return;
    for (const [key, inner] of Object.entries(part)) {
      if (['op', 'kind', 'direction', 'scope'].includes(key) && typeof inner === 'string') met.add(`${key} ${inner}`);
      look(inner);
    }
  };
  for (const { text } of sources) for (const ir of programs(text)) look(ir);
  const promised = new Set<string>();
  const promise = (part: unknown) => {
    if (typeof part !== 'object' || part === null) return;
    for (const [key, inner] of Object.entries(part)) {
      if (['op', 'kind', 'direction', 'scope'].includes(key) && typeof inner === 'object' && inner !== null)
        for (const word of [...(inner.enum ?? []), ...('const' in inner ? [inner.const] : [])])
          promised.add(`${key} ${word}`);
      promise(inner);
    }
  };
  promise(irSchema);
  assert.ok(promised.size > 40);
  assert.equal(
    [...promised].filter((one) => !met.has(one) && !onlyExpected.has(one)),
    [],
  );
});

// biome-ignore lint/suspicious/noExplicitAny: what is tried here has no type on purpose.
type Anything = Record<string, any>;

/** Each change of the sample's IR that a reader must be able to rely on not meeting. */
const changes: [about: string, change: (ir: Anything) => void][] = [
  [
    'another version',
    (ir) => {
      ir.irVersion = 0;
    },
  ],
  [
    'something more',
    (ir) => {
      ir.extra = 1;
    },
  ],
  [
    'something more in a stage',
    (ir) => {
      ir.stages.training.extra = 1;
    },
  ],
  [
    'something less',
    (ir) => {
      delete ir.exits;
    },
  ],
  [
    'a condition of an unknown kind',
    (ir) => {
      ir.stages.training.rules.find((one: Rule) => one.condition).condition.op = 'perhaps';
    },
  ],
  [
    'a move without a place',
    (ir) => {
      delete ir.stages.training.rules.find((one: Rule) => one.move?.direction === 'advance').move.to;
    },
  ],
  [
    'an hour that is none',
    (ir) => {
      ir.quiet.from = 1440;
    },
  ],
];
for (const [about, change] of changes) {
  test(`refused: ${about}`, () => {
    const text = programFiles().find(({ path }) => path === 'couch_to_5k.regimen')?.text ?? '';
    const ir: Anything = JSON.parse(JSON.stringify(programs(text)[0]));
    assert.ok(validate(ir), problem());
    change(ir);
    assert.not.ok(validate(ir));
  });
}

test('the file for readers in other languages is up to date', () => {
  updateOrCompare(new URL('../../docs/ir.schema.json', import.meta.url), schemaFile());
});

test.run();
