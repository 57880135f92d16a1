/**
 * Why somebody stands where they stand, as lines for the terminal.
 */
import { momentText, yearOf } from '../runtime/calendar.ts';
import type { EnrollmentView } from '../runtime/control.ts';
import type { WhyClause, WhyTransition } from '../runtime/why.ts';
import { writeValue } from '../runtime/write-value.ts';
import type { Paint } from './command.ts';

/** Moments are written in the person's zone. */
export function printWhy(view: EnrollmentView, now: number, paint: Paint): string[] {
  const { zone } = view.facts;
  // A moment of another year says so.
  const year = yearOf(now, zone);
  const written = (at: number) => momentText(at, zone, year);
  const name = view.person.name === '' ? view.person.email : view.person.name;
  const head = [name, `${view.programTitle}, version ${view.version}`, view.stageTitle].join(' · ');
  const lines = [paint('bold', head), paint('dim', `Now ${written(now)} in ${zone}. Enrollment ${view.id}.`)];
  if (view.status === 'finished') {
    const at = view.finishedAt === null ? '' : ` on ${written(view.finishedAt)}`;
    return [...lines, `It ended${at}; nothing leads on from there.`];
  }
  for (const { what, since, by, reason, until } of view.why.pauses) {
    const end = until === null ? '' : ` until ${written(until)}`;
    lines.push(
      `Paused${what === 'person' ? '' : ` (the whole ${what})`} since ${written(since)}${end}, by ${by}: ${reason}`,
    );
  }
  const { question } = view.facts;
  if (question !== null) {
    const end = question.expiresAt === null ? '' : ` (until ${written(question.expiresAt)})`;
    lines.push(`Waits for the person: an answer to the question of ${written(question.askedAt)}${end}`);
  }
  for (const { text, to, until } of view.waiting)
    lines.push(`Waits for ${to}: ${text}${until === null ? '' : ` (until ${written(until)})`}`);
  lines.push('');
  lines.push(...waysOut(view.why.transitions, zone, year, paint));
  for (const thread of view.why.threads) {
    lines.push('', paint('bold', `${thread.title} · ${thread.stageTitle}`));
    lines.push(...waysOut(thread.transitions, zone, year, paint));
  }
  const { next } = view.why;
  lines.push('');
  if (next !== null) lines.push(`Next: ${written(next.at)}, ${next.what}.`);
  else if (view.why.pauses.length > 0) lines.push('Nothing comes by itself while it is paused.');
  else lines.push('Time alone brings nothing: the next message or event moves things on.');
  return lines;
}

function waysOut(transitions: readonly WhyTransition[], zone: string, year: number, paint: Paint): string[] {
  if (transitions.length === 0) return ['No rule leads out of this stage.'];
  return transitions.flatMap((transition) => [
    `${transition.title}${paint('dim', verdict(transition, zone, year))}`,
    ...transition.clauses.map((clause) => `  ${clauseLine(clause, zone, year, paint)}`),
  ]);
}

function verdict({ holds, holdsAt }: WhyTransition, zone: string, year: number): string {
  if (holds) return ' · holds';
  return holdsAt === null ? ' · not yet' : ` · by time alone on ${momentText(holdsAt, zone, year)}`;
}

function clauseLine({ source, holds, values, holdsAt }: WhyClause, zone: string, year: number, paint: Paint): string {
  const mark = holds ? paint('green', '✓') : paint('red', '✗');
  const known = values
    .filter((value) => value.source !== source || value.value === null || typeof value.value !== 'boolean')
    .map(({ source, value }) => `${source} is ${writeValue(value, zone, year) || 'missing'}`);
  const when = holds || holdsAt === null ? [] : [`true from ${momentText(holdsAt, zone, year)}`];
  const said = [...known, ...when].join(', ');
  return `${mark} ${source.replace(/\s+/g, ' ')}${said === '' ? '' : paint('dim', ` · ${said}`)}`;
}
