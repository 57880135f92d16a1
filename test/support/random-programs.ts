/**
 * Random programs of the language, put together from lines that fit: for properties that every
 * program must have. What the compiler refuses (a loop without time, say) is simply not built.
 */
import fc from 'fast-check';
import { compile } from '../../compiler/compile.ts';
import { type LoadedProgram, load } from '../../runtime/load.ts';

const heads = ['', 'quiet 21:00 to 08:00', 'quiet 01:30 to 02:30', 'quiet 12:00 to 11:00'];
const zones = ['theirs else "UTC"', 'theirs else "Europe/London"', '"America/New_York"'];

const anytime = [
  'command "hurt" { set flag = yes }',
  'command "fine" { set flag = no }',
  'when flag { interrupt with care }',
  'on runs where (minutes else 0) > 100 { escalate to operator "A long one" }',
  'leave as lost after 40 days of silence',
  'command "bye" { say "Bye." leave as quit }',
  'when n = 7 { say "Seven." }',
  'when count(runs today) >= 2 { say "Two in a day." }',
];

/** Lines of every stage; `{next}` is where it leads. */
const lines = [
  'review daily at 18:00, spread over 2h',
  'review mon, wed at 23:30, spread over 3h',
  'review every 3 days at 02:30',
  'nudge after 2 days of silence, at most 2 times',
  'nudge after 30 hours without runs, at most 3 times',
  'ask "Ready?" (yes | no) as ready, within 1 day else say "No answer."',
  'ask "How do you feel?" (good | bad) as mood',
  'ask "How many?" number as many, within 90 min else set n = 0',
  'say "Welcome. {n} {note} {words["A"]}"',
  'command "go" { advance to {next} }',
  'command "again" { restart stage }',
  'command "nest" { interrupt with care }',
  'command "log" { record runs { minutes: 10, ok: yes } say "Logged {n}." }',
  'command "speak" { say with skill other }',
  'on runs where ok { set n = min(9, n + 1) say "Run {n}, {count(runs)} in all." }',
  'on runs { when n > 3 { restart stage } else { say "Not yet." } }',
  'on runs { record tries 1 }',
  'on tries { set n = max(0, n - 1) }',
  'when n = 3 { say "Three." }',
  'when last run was today { say "Today." }',
  'when no runs where (minutes else 0) > 5 for 2 days { set note = "slow" }',
  'advance to {next} when count(runs this visit) >= 2',
  'advance to {next} when judged "wants it" at 0.8',
  'advance to {next} after 5 days',
  'return to {next} after 36 hours',
  'return to {next} when 4 days since n changed and n > 0',
  'restart stage when no runs for 3 days',
  'advance to done when n >= 5',
  'leave as lost after 20 days of silence',
  'leave as late when due is known and today >= (due else 2030-01-01) + 10 days',
  'interrupt with care when sum(runs.minutes in last 2 days) > 60',
];
const caring = [
  'say "Take care."',
  'ask "Does it hurt?" (yes | no) as flag, within 3 days else escalate to operator "No word"',
  'resume when not flag',
  'resume when 2 days since entered',
  'command "back" { resume }',
  'command "deeper" { interrupt with a }',
  'command "again" { restart stage }',
  'command "out" { advance to b }',
  'escalate to operator after 3 days',
  'review weekly',
];

/** What tracks, lists, roles and questions in bodies bring: for stories, not for an interpreter without them. */
const richAnytime = [
  'command "alarm" { escalate to urgent "Come." }',
  'command "task" (text) as what { add tasks { title: what } }',
  'check daily at 12:00 { set n = min(9, n + 1) }',
  'when n = 5, once { say "Five, once." }',
];
const richLines = [
  'pause while away',
  'check daily at 07:15 { say "Check {n}." }',
  'check every 5h { when flag { set n = min(9, n + 1) } else { set n = max(0, n - 1) } }',
  'check mon, thu, 2 times between 09:00 and 21:00 { ask "Slept?" (yes | no) as slept, within 3h else set n = 0 }',
  'check every 2 months at 10:00 { say "Again." }',
  'check monthly on last at 10:00 { say in turn "A.", "B.", "C." }',
  'at (due else 2030-01-01) - 1 day at 09:00 { say "Due soon." }',
  'at (due else 2030-01-01), once { set n = 1 }',
  'command "many" { ask nurse "How many pills?" (number) as many, within 1 day else tell nurse "Nobody counted." }',
  'command "propose" { propose n = 9 - n approved by nurse within 1 day else escalate to urgent, refused { say "No." } }',
  'return to {next} when n = 6, approved by lead within 2 days else say "Nobody said.", refused { set n = 0 }',
  'on runs where not ok { tell owner "A bad one." call lab order { amount: n } }',
  'on runs { each tasks where not done { set steps = min(99, steps + 1) say "{title}" } }',
  'command "report" { send report to lead "{n}" send report to participant "{n}" clear note }',
  'advance to done when count(tasks where stage is shut) >= 3',
  'when stage of fever is hot { interrupt with care }',
];
const richParts = `roles nurse, lead
      services lab
      ladder urgent { nurse for 2h then lead for 1 day then operator }
      messages at most 3 per day, 9 per week, 30 min apart
      track fever "Fever" when flag {
        stage hot "Hot" {
          skill plain
          set n = min(9, n + 1)
          check daily at 08:00 { ask "Hot?" (yes | no) as flag, within 6h }
          command "cool" { advance to cold }
          advance to cold when not flag
          advance to cold after 9 days
        }
        stage cold final "Cold" { say "Cold." }
      }
      list tasks by title "Tasks" {
        data { title : text  steps : number 0 to 99 = 0  done : yes/no = no  nurse, lab may set  by : date? }
        starts with { title: "first" }, { title: "second", by: 2026-04-02 }
        anytime { when done { advance to shut } }
        stage open "{title}" {
          skill plain
          at by - 1 day at 09:00 { tell owner "{title}" }
          check every 2 days at 11:00 { set steps = min(99, steps + 1) }
          on runs where (minutes else 0) > 30 { set steps = min(99, steps + 2) }
          advance to shut when steps >= 20
        }
        stage shut final "Shut" { say "{title} is done." }
      }`;

/** What an interpreter without a clock can follow of them: nothing that only time owes, no proposals, no caps. */
const threadAnytime = [
  'command "task" (text) as what { add tasks { title: what } }',
  'command "set" (number) as k { set n = clamp(k, 0, 9) }',
  'command "steps" { each tasks where not done { set steps = min(99, steps + 1) } }',
];
const threadLines = [
  'pause while away',
  'when n = 5, once { say "Five, once." }',
  'advance to done when count(tasks where stage is shut) >= 3',
  'when stage of fever is hot { interrupt with care }',
  'on runs { each tasks where not done { set steps = min(99, steps + 1) } }',
];
const threadParts = `roles nurse
      track fever "Fever" when flag {
        stage hot "Hot" {
          set n = min(9, n + 1)
          command "cool" { advance to cold }
          advance to cold when not flag
        }
        stage cold final "Cold" { say "Cold." }
      }
      list tasks by title "Tasks" {
        data { title : text  steps : number 0 to 99 = 0  done : yes/no = no  nurse may set }
        starts with { title: "first" }, { title: "second" }
        anytime { when done { advance to shut } }
        stage open "{title}" {
          on runs where (minutes else 0) > 30 { set steps = min(99, steps + 2) }
          advance to shut when steps >= 20
        }
        stage shut final "Shut" { say "{title} is done." }
      }`;

const some = (from: string[], min: number, max = 9) =>
  fc.subarray(from, { minLength: min, maxLength: Math.min(max, from.length) });

type Kind = 'plain' | 'rich' | 'threads';
const moreAnytime: Record<Kind, string[]> = { plain: [], rich: richAnytime, threads: threadAnytime };
const moreLines: Record<Kind, string[]> = { plain: [], rich: richLines, threads: threadLines };
const parts: Record<Kind, string> = { plain: '', rich: richParts, threads: threadParts };
const moreData: Record<Kind, string> = {
  plain: '',
  rich: 'away : yes/no = no  nurse may set  owner : role = nurse  slept : yes/no?  many : number?',
  threads: 'away : yes/no = no  nurse may set',
};

const textOf = (kind: Kind): fc.Arbitrary<string> =>
  fc
    .record({
      head: fc.constantFrom(...heads),
      zone: fc.constantFrom(...zones),
      anytime: kind === 'plain' ? some(anytime, 1) : some([...moreAnytime[kind], ...anytime], 3),
      a: kind === 'plain' ? some(lines, 3) : some([...lines, ...moreLines[kind]], 12, 20),
      b: kind === 'plain' ? some(lines, 2) : some([...moreLines[kind], ...lines], 8, 16),
      care: some(caring, 2),
    })
    .map(({ head, zone, ...bodies }) => {
      const interrupted = [...bodies.anytime, ...bodies.a, ...bodies.b].some((line) =>
        line.includes('interrupt with care'),
      );
      if (!interrupted) bodies.care = ['say "Take care."', ...bodies.care.filter((line) => !line.includes('resume'))];
      const stage = (name: 'a' | 'b', next: string) =>
        `stage ${name} "Stage ${name} {n}" { skill plain ${lineUp(bodies[name], next)} leave as lost after 300 days }`;
      return `program random "Random" {
      timezone ${zone} ${head}
      ${parts[kind]}
      data {
        n : number 0 to 9 = 0  flag : yes/no = no agent may set  note : text? agent may set  due : date? agent may set
        runs : series { minutes: number min 0 to 600?, ok: yes/no } agent may record
        tries : series number
        ${moreData[kind]}
      }
      table words by key { "a" "first" }
      anytime { ${lineUp(bodies.anytime, 'b')} }
      ${stage('a', 'b')} ${stage('b', 'a')}
      stage care { skill plain ${lineUp(bodies.care, 'a')} leave as lost after 300 days }
      stage done final success { say "Done." say with skill other }
    }`;
    });

/** The same program for an interpreter whose business questions are not. */
export const withoutQuestions = (text: string): string =>
  text.replace(/^.*\bask ".*$/gm, (line) => line.replace(/ask ".*/, ''));

/** The text of a program; most compile. */
export const programText: fc.Arbitrary<string> = textOf('plain');
/** With tracks, lists, roles, proposals, ladders, checks, moments and caps. */
export const richText: fc.Arbitrary<string> = textOf('rich');

/** With tracks, lists, arguments, bands and windows, but nothing that only time owes. */
export const threadsText: fc.Arbitrary<string> = textOf('threads').map(withoutQuestions);

/** A stage has one review; the first of them is kept. */
function lineUp(body: string[], next: string): string {
  const review = body.find((line) => line.startsWith('review'));
  const kept = body.filter((line) => !line.startsWith('review') || line === review);
  return kept.map((line) => line.replaceAll('{next}', next)).join('\n');
}

/** The program, or null with the codes of what the compiler refuses. */
export function build(text: string): { program: LoadedProgram } | { program: null; codes: string[] } {
  const compiled = compile([{ path: 'random.regimen', text }]);
  const errors = compiled.files.flatMap((file) => file.diagnostics).filter((one) => one.severity === 'error');
  const ir = compiled.programs[0]?.ir;
  return ir && errors.length === 0
    ? { program: load(ir, text) }
    : {
        program: null,
        codes: errors.map((one) => `${one.code} «${text.slice(one.span.start, one.span.end).slice(0, 80)}»`),
      };
}
