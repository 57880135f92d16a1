/**
 * A small program, changed in one thing or another, and somebody who has lived in the old one and goes over.
 */
import * as assert from 'uvu/assert';
import { adopt } from '../../runtime/adopt.ts';
import type { TimelineRow } from '../../runtime/timeline.ts';
import { life } from './life.ts';
import { program } from './programs.ts';

export const hour = 60 * 60_000;
export const day = 24 * hour;

export const text = `program walk "Walk" {
  timezone "UTC"
  roles nurse
  ladder urgent { nurse for 2h then operator }
  data {
    goal  : number 1 to 20 = 5
    dose  : number mg = 4
    mood  : text?
    slept : yes/no?
    far   : number?
    hurt  : yes/no = no
    walks : series { minutes: number }
  }
  track diary "Diary" when hurt {
    stage notes "Notes" { check daily at 20:00 { tell nurse "Diary." } command "better" { set hurt = no advance to shut } }
    stage shut final "Shut" { }
  }
  list tasks by title "Tasks" {
    data { title : text  size : number 1 to 9 = 3 }
    stage open "{title}" { check daily at 09:30 { tell nurse "{title}?" } command "all done" { advance to closed } }
    stage closed final "Closed" { }
  }
  anytime {
    command "stop" { leave as opted_out }
    command "mood" (text) as m { set mood = m }
    command "goal" (number) as g { set goal = clamp(g, 1, 20) }
    command "task" (text) as t { add tasks { title: t } }
    command "ouch" { set hurt = yes }
    command "rest" { interrupt with resting }
    command "alarm" { escalate to urgent "Come." }
    command "more" { propose goal = 9 approved by nurse }
  }
  stage intro "Hello" {
    command "go" { advance to walking }
    leave as lost after 300 days of silence
  }
  stage walking "Walking" {
    check daily at 08:00 { tell nurse "Walk?" }
    command "night" { ask "Did you sleep?" (yes | no) as slept }
    command "ask nurse" { ask nurse "How far?" (number) as far }
    command "walked" (number) as n { record walks { minutes: n } }
    when goal > 10 { say "A high goal." }
    escalate to nurse after 30 days
    advance to done when count(walks this visit) >= 9
    leave as lost after 300 days of silence
  }
  stage resting "Resting" {
    command "on" { resume }
    leave as lost after 300 days of silence
  }
  stage done final success "Done" { say "Well done." }
}
`;

export type Changed = {
  /** What is replaced, each of which must be there. */
  change: [string, string][];
  /** The same in the old version; without it that is `text`. */
  before?: [string, string][];
  migrate?: string;
  /** Said one after the other, an hour apart; a number: so many ms pass. */
  lives: (string | number)[];
};

const replaced = (pairs: [string, string][]): string =>
  pairs.reduce((now, [from, to]) => {
    assert.ok(now.includes(from), `“${from}” is in the program`);
    return now.replaceAll(from, to);
  }, text);

export function lived({ change, before = [], migrate, lives }: Changed) {
  let after = replaced(change);
  if (migrate !== undefined) after = after.replace('  data {', `  migrate from 1 { ${migrate} }\n  data {`);
  const one = life(replaced(before));
  for (const what of lives) {
    if (typeof what === 'number') one.passes(what);
    else {
      one.passes(hour);
      one.says(what);
    }
  }
  return { before: one.program, after: program(after), state: one.state(), now: one.now() };
}

export function gone(given: Changed) {
  const { before, after, state, now } = lived(given);
  const input = { type: 'adopt', id: 'over', from: 1, to: 2, by: 'ann' } as const;
  return { before, after, now, state, adopted: adopt({ before, after }, state, input, now) };
}

export const kinds = (rows: TimelineRow[]) => rows.map(({ kind }) => kind);
