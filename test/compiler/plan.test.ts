/** Plans: what a change means for people inside. Each case changes one thing of a small program. */
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { compile } from '../../compiler/compile.ts';
import type { Ir } from '../../compiler/ir.ts';
import { plan } from '../../compiler/plan.ts';
import { isOpen } from '../../compiler/plan-change.ts';

const program = `program walk "Walk" {
  timezone "UTC"
  data {
    goal  : number 1 to 9 = 1
    why   : text?
    felt  : (easy | hard)?
    walks : series { minutes: number min 1 to 90?, hilly: yes/no }
  }
  anytime { command "stop" { leave as opted_out } }
  stage intake "Hello" {
    skill coach
    ask "Why?" (text) as why
    advance to walking when why is set
    leave as lost after 21 days of silence
  }
  stage walking "Walking" {
    skill coach
    review mon, thu at 18:00
    nudge after 4 days without walks, at most 2 times
    escalate to operator after 30 days
    command "hard" { set felt = hard }
    advance to done when count(walks, this visit) >= goal
    leave as lost after 30 days of silence
  }
  stage done final success "Done" { say "Well done." }
}
`;

function read(text: string): Ir {
  const { files, programs } = compile([{ path: 'walk.regimen', text }], { skills: ['coach'] });
  const errors = files.flatMap(({ diagnostics }) => diagnostics.filter(({ severity }) => severity === 'error'));
  assert.equal(
    errors.map(({ message }) => message),
    [],
    text,
  );
  return programs[0]?.ir as Ir;
}

/** The program with words replaced, each of which must be there, and perhaps lines of a `migrate` block. */
function changed(replace: [string, string][], migrate = ''): string {
  let text = program;
  for (const [from, to] of replace) {
    assert.ok(text.includes(from), `“${from}” is in the program`);
    text = text.replaceAll(from, to);
  }
  return migrate === '' ? text : text.replace('  data {', `  migrate from 1 { ${migrate} }\n  data {`);
}

type Case = {
  name: string;
  replace: [string, string][];
  migrate?: string;
  verdict: 'safe' | 'migrate' | 'refused';
  /** `level kind name`, and what meets it; the changes that must be among those found. */
  changes: string[];
};

const cases: Case[] = [
  { name: 'nothing', replace: [], verdict: 'safe', changes: [] },
  {
    name: 'words only',
    replace: [['"Well done."', '"Very well done."']],
    verdict: 'safe',
    changes: ['safe rule done'],
  },
  {
    name: 'a transition at another time',
    replace: [['30 days of silence', '40 days of silence']],
    verdict: 'safe',
    changes: ['safe rule walking'],
  },
  {
    name: 'reviews, nudges, escalations',
    replace: [
      ['mon, thu at', 'mon at'],
      ['after 4 days without', 'after 5 days without'],
      ['operator after 30', 'operator after 20'],
    ],
    verdict: 'safe',
    changes: ['safe timer walking'],
  },
  {
    name: 'who belongs together',
    replace: [['  timezone "UTC"', '  timezone "UTC"\n  cohort by why']],
    verdict: 'safe',
    changes: ['safe setting cohort'],
  },
  {
    name: 'a stage that is renamed and not said so',
    replace: [['walking', 'strolling']],
    verdict: 'migrate',
    changes: ['migrate stage walking', 'safe stage strolling'],
  },
  {
    name: 'a stage that is renamed',
    replace: [['walking', 'strolling']],
    migrate: 'stage walking becomes strolling',
    verdict: 'safe',
    changes: ['migrate stage walking: stage walking becomes strolling'],
  },
  {
    name: 'people are moved out of a stage that stays',
    replace: [],
    migrate: 'stage intake becomes walking',
    verdict: 'safe',
    changes: ['migrate stage intake: stage intake becomes walking'],
  },
  {
    name: 'a final stage that is gone',
    replace: [['done', 'arrived']],
    verdict: 'safe',
    changes: ['safe stage done', 'safe stage arrived'],
  },
  {
    name: 'a stage that becomes final',
    replace: [
      [
        '    skill coach\n    ask "Why?" (text) as why\n    advance to walking when why is set\n    leave as lost after 21 days of silence\n',
        '    say "Bye."\n',
      ],
      [
        'stage intake "Hello"',
        'stage start "Start" { skill coach command "go" { advance to walking } leave as lost after 9 days of silence }\n  stage intake final "Hello"',
      ],
    ],
    verdict: 'migrate',
    changes: ['migrate stage intake', 'safe stage start'],
  },
  {
    name: 'a field that is gone',
    replace: [
      ['    felt  : (easy | hard)?\n', ''],
      ['    command "hard" { set felt = hard }\n', ''],
    ],
    verdict: 'migrate',
    changes: ['migrate field felt', 'safe rule walking'],
  },
  {
    name: 'a field that is dropped',
    replace: [
      ['    felt  : (easy | hard)?\n', ''],
      ['    command "hard" { set felt = hard }\n', ''],
    ],
    migrate: 'drop felt',
    verdict: 'safe',
    changes: ['migrate field felt: drop felt'],
  },
  {
    name: 'a field that is renamed',
    replace: [['felt', 'mood']],
    migrate: 'field felt becomes mood',
    verdict: 'safe',
    changes: ['migrate field felt: field felt becomes mood'],
  },
  {
    name: 'a narrower range',
    replace: [['1 to 9 = 1', '1 to 5 = 1']],
    verdict: 'migrate',
    changes: ['migrate field goal'],
  },
  {
    name: 'a narrower range, with the value that counts then',
    replace: [['1 to 9 = 1', '1 to 5 = 1']],
    migrate: 'set goal = clamp(goal, 1, 5)',
    verdict: 'safe',
    changes: ['migrate field goal: set goal = …'],
  },
  { name: 'a wider range', replace: [['1 to 9 = 1', '1 to 12 = 1']], verdict: 'safe', changes: ['safe field goal'] },
  {
    name: 'an option less',
    replace: [
      ['(easy | hard)?', '(easy | tough)?'],
      ['set felt = hard', 'set felt = tough'],
    ],
    verdict: 'migrate',
    changes: ['migrate field felt'],
  },
  {
    name: 'an option more',
    replace: [['(easy | hard)?', '(easy | hard | awful)?']],
    verdict: 'safe',
    changes: ['safe field felt'],
  },
  {
    name: 'another first value',
    replace: [['1 to 9 = 1', '1 to 9 = 2']],
    verdict: 'safe',
    changes: ['safe field goal'],
  },
  {
    name: 'a new value that has to be given with every enrollment',
    replace: [['  data {', '  parameters { begins : date  per person }\n  data {']],
    verdict: 'refused',
    changes: ['refused field begins'],
  },
  {
    name: 'a new field',
    replace: [['    why   : text?', '    why   : text?\n    shoes : text?']],
    verdict: 'safe',
    changes: ['safe field shoes'],
  },
  {
    name: 'a series that is gone',
    replace: [
      ['    walks : series { minutes: number min 1 to 90?, hilly: yes/no }\n', ''],
      ['    nudge after 4 days without walks, at most 2 times\n', ''],
      ['count(walks, this visit) >= goal', 'goal > 1'],
    ],
    verdict: 'migrate',
    changes: ['migrate series walks'],
  },
  {
    name: 'a series that is renamed',
    replace: [['walks', 'outings']],
    migrate: 'series walks becomes outings',
    verdict: 'safe',
    changes: ['migrate series walks: series walks becomes outings'],
  },
  {
    name: 'an entry must have something more',
    replace: [['hilly: yes/no', 'hilly: yes/no, wet: yes/no']],
    verdict: 'refused',
    changes: ['refused series walks'],
  },
  {
    name: 'an entry may have something more',
    replace: [['hilly: yes/no', 'hilly: yes/no, wet: yes/no?']],
    verdict: 'safe',
    changes: ['safe series walks'],
  },
  {
    name: 'a field of entries with another meaning',
    replace: [['hilly: yes/no', 'hilly: text']],
    verdict: 'refused',
    changes: ['refused series walks'],
  },
  {
    name: 'a field of entries in another unit',
    replace: [['number min 1 to 90?', 'number h 1 to 90?']],
    verdict: 'refused',
    changes: ['refused series walks'],
  },
  {
    name: 'a field of entries with a narrower range: what happened has happened',
    replace: [['1 to 90?', '1 to 60?']],
    verdict: 'safe',
    changes: ['safe series walks'],
  },
  {
    name: 'an exit of another name',
    replace: [['lost', 'gone_quiet']],
    verdict: 'safe',
    changes: ['safe exit lost', 'safe exit gone_quiet'],
  },
  {
    name: 'a question that is gone',
    replace: [['    ask "Why?" (text) as why\n', '    command "because" { set why = "because" }\n']],
    verdict: 'safe',
    changes: ['safe question intake: why'],
  },
  {
    name: 'another program',
    replace: [['program walk', 'program run']],
    verdict: 'refused',
    changes: ['refused program run'],
  },
  {
    name: 'a block that speaks of what never was',
    replace: [],
    migrate: 'stage wandering becomes walking',
    verdict: 'refused',
    changes: ['refused migrate stage wandering becomes walking'],
  },
  {
    name: 'two fields that would be called the same',
    replace: [
      ['    felt  : (easy | hard)?\n', ''],
      ['command "hard" { set felt = hard }', 'command "hard" { set why = "hard" }'],
    ],
    migrate: 'field felt becomes why',
    verdict: 'refused',
    changes: ['refused migrate field felt becomes why'],
  },
];

const test = suite('plan');
const before = read(program);

for (const { name, replace, migrate, verdict, changes } of cases) {
  test(name, () => {
    const made = plan(before, read(changed(replace, migrate)));
    const found = made.changes.map(
      ({ level, kind, name, met }) => `${level} ${kind} ${name}${met === undefined ? '' : `: ${met}`}`,
    );
    for (const change of changes) assert.ok(found.includes(change), `${change}\nis not among\n${found.join('\n')}`);
    assert.is(made.verdict, verdict, found.join('\n'));
    if (changes.length === 0) assert.equal(found, []);
    for (const change of made.changes) {
      assert.match(change.change, /\S.*[.`”]$/);
      assert.match(change.people, /\.$/);
      // What stands in the way says what to do about it, and nothing else does.
      assert.is(change.remedy !== undefined && isOpen(change), isOpen(change), change.change);
    }
  });
}

test('what stands in the way comes first', () => {
  const made = plan(
    before,
    read(
      changed([
        ['1 to 9 = 1', '1 to 5 = 1'],
        ['lost', 'gone_quiet'],
      ]),
    ),
  );
  assert.is(made.changes.findIndex(isOpen), 0);
});

test('a field that every item has to be given is refused where the list is there already', () => {
  const open = (to: string) => {
    const { verdict, changes } = plan(
      read(named),
      read(named.replace('title : text  done', to).replace('{ title: "Shoes" }', '{ title: "Shoes", place: "Shop" }')),
    );
    return [verdict, ...changes.filter(isOpen).map(({ name, remedy }) => `${name}: ${remedy}`)];
  };
  assert.equal(open('title : text  place : text?  done'), ['safe']);
  assert.equal(open('title : text  place : text  done'), [
    'refused',
    'tasks.place: Give `place` a first value, or write `?` after its type.',
  ]);
});

test('a parameter that is narrower is refused: no block can set it', () => {
  const [wide, narrow] = ['1 to 9', '1 to 5'].map((range) =>
    read(program.replace('  data {', `  parameters { pace : number ${range} = 3  per person }\n  data {`)),
  ) as [Ir, Ir];
  const [change] = plan(wide, narrow).changes;
  assert.equal([change?.level, change?.remedy], ['refused', 'Give the new parameter another name than `pace`.']);
});

test('a question that counts in another unit is told to be asked anew', () => {
  const [miles, meters] = ['km', 'm'].map((unit) =>
    read(
      program
        .replace('ask "Why?" (text) as why', `ask "How far?" (number ${unit}) as far`)
        .replace('why is set', 'far is known'),
    ),
  ) as [Ir, Ir];
  const change = plan(miles, meters).changes.find(({ kind }) => kind === 'question');
  assert.match(change?.people ?? '', /withdrawn and asked anew/);
});

test('the number says which block counts', () => {
  const after = read(changed([['walking', 'strolling']], 'stage walking becomes strolling'));
  assert.is(plan(before, after, 1).verdict, 'safe');
  assert.is(plan(before, after, 2).verdict, 'migrate');
});

/** Names of every kind stand in conditions, moves, questions, lets, nudges, a track and a list. */
const named = `program walk "Walk" {
  timezone "UTC"
  cohort by team
  data {
    goal  : number 1 to 9 = 1
    team  : text?                agent may set
    shoe  : text?                agent may set
    walks : series { minutes: number, hilly: yes/no }  agent may record
  }
  anytime {
    command "stop"                                { leave as opted_out }
    when stage = walking and goal = 9             { say "You have {count(walks)}." }
    when stage of fever is hot                    { each tasks where not done { set done = yes } }
  }
  stage intake "Hello" {
    ask      "Where with?" (text) as team
    command  "go" { ask "Really?" (yes | no) as really  add tasks { title: "Shoes" } }
    advance  to walking when team is set
    leave    as lost after 21 days of silence
  }
  stage walking "Walking" {
    let all = count(walks where minutes > goal, this visit)
    skill    coach
    nudge    after 4 days without walks
    ask      "Which shoes?" (text) as shoe, within 2 days else say "Keep going."
    when all = 2 { say in turn "Two.", "Two more." }
    on walks where hilly { say "Hilly." }
    advance  to walking with goal = goal + 1 when all >= goal and goal < 9
    advance  to done when all >= goal
    leave    as lost after 30 days of silence
  }
  stage done final success "Done" { say "Well done." }
  track fever when goal = 5 {
    stage hot { when goal > 5 { say "Hot." }  advance to cold after 2 days }
    stage cold final { }
  }
  list tasks by title {
    data { title : text  done : yes/no = no }
    stage open { when 2 days since entered and not done { say "Still {title}." }  advance to over when done }
    stage over final { }
  }
}
`;
const names: [string, string][] = [
  ['walking', 'strolling'],
  ['hot', 'warm'],
  ['goal', 'aim'],
  ['team', 'crew'],
  ['done :', 'ready :'],
  ['not done', 'not ready'],
  ['set done', 'set ready'],
  ['when done', 'when ready'],
  ['walks', 'strolls'],
  ['tasks', 'chores'],
  ['fever', 'heat'],
];
const lines = `stage walking becomes strolling
  stage hot becomes warm
  field goal becomes aim
  field team becomes crew
  field done becomes ready
  series walks becomes strolls
  list tasks becomes chores
  track fever becomes heat`;
const withNames = (text: string) => {
  const said = names.reduce((now, [from, to]) => now.replaceAll(from, to), text);
  return read(said.replace('  data {', `  migrate from 1 {\n  ${lines}\n  }\n  data {`));
};

test('what only follows new names is no change', () => {
  const { verdict, changes } = plan(read(named), withNames(named));
  assert.equal(
    changes.filter(({ met }) => met === undefined),
    [],
  );
  assert.is(verdict, 'safe');
  assert.is(changes.length, 8);
});

test('a change beside new names is told as one, and nothing with it', () => {
  const changesWith = (from: string, to: string) => {
    assert.ok(named.includes(from));
    const { changes } = plan(read(named), withNames(named.replace(from, to)));
    return changes.filter(({ met }) => met === undefined).map(({ change }) => change);
  };
  assert.equal(changesWith('advance  to done when all >= goal', 'advance  to done when all > goal'), [
    'In `strolling`, different: `advance to done when all > aim`',
  ]);
  assert.equal(changesWith('"You have', '"walking: You have'), [
    'In `anytime`, different: `when stage = strolling and aim = 9 { say "strolling: You have {count(strolls)}." }`',
  ]);
  assert.equal(changesWith('minutes > goal', 'minutes > 2 * goal'), ['`let all` means something else.']);
  assert.equal(changesWith('advance to cold after 2 days', 'advance to cold after 3 days'), [
    'In `heat.warm`, different: `advance to cold after 3 days`',
  ]);
  assert.equal(changesWith('"Which shoes?"', '"Which pair?"'), [
    'The question for `shoe` in `strolling` is different.',
  ]);
});

test('a field of a list can be kept or renamed, and no block sets it in every item', () => {
  const listed = (range: string) =>
    read(
      program.replace(
        '  anytime {',
        `  list shoes by name "Shoes" { data { name : text  worn : number ${range} = 1 } }\n  anytime {\n    command "shoe" (text) as s { add shoes { name: s } }`,
      ),
    );
  const { verdict, changes } = plan(listed('1 to 9'), listed('1 to 5'));
  assert.is(verdict, 'refused');
  assert.equal(
    changes.map(({ name, remedy }) => [name, remedy]),
    [['shoes.worn', 'Give the new field another name than `worn`.']],
  );
});

test.run();
