/**
 * Why somebody stands where they stand, as lines for the terminal.
 */
import { momentText } from '../runtime/calendar.ts';
import type { EnrollmentView } from '../runtime/control.ts';
import type { WhyClause, WhyTransition } from '../runtime/why.ts';
import { writeValue } from '../runtime/write-value.ts';
import type { Paint } from './command.ts';

/** Moments are written in the person's zone. */
export function printWhy(view: EnrollmentView, now: number, paint: Paint): string[] {
  const { zone } = view.facts;
  const name = view.person.name === '' ? view.person.email : view.person.name;
  const head = [name, `${view.programTitle}, version ${view.version}`, view.stageTitle].join(' · ');
  const lines = [paint('bold', head), paint('dim', `Now ${momentText(now, zone)} in ${zone}. Enrollment ${view.id}.`)];
  if (view.status === 'finished') {
    const at = view.finishedAt === null ? '' : ` on ${momentText(view.finishedAt, zone)}`;
    return [...lines, `It ended${at}; nothing leads on from there.`];
  }
  for (const { text, to, until } of view.waiting)
    lines.push(`Waits for ${to}: ${text}${until === null ? '' : ` (until ${momentText(until, zone)})`}`);
  lines.push('');
  lines.push(...waysOut(view.why.transitions, zone, paint));
  for (const thread of view.why.threads) {
    lines.push('', paint('bold', `${thread.title} · ${thread.stageTitle}`));
    lines.push(...waysOut(thread.transitions, zone, paint));
  }
  const { next } = view.why;
  lines.push('');
  lines.push(
    next === null
      ? 'Time alone brings nothing: the next message or event moves things on.'
      : `Next: ${momentText(next.at, zone)}, ${next.what}.`,
  );
  return lines;
}

function waysOut(transitions: readonly WhyTransition[], zone: string, paint: Paint): string[] {
  if (transitions.length === 0) return ['No rule leads out of this stage.'];
  return transitions.flatMap((transition) => [
    `${transition.title}${paint('dim', verdict(transition, zone))}`,
    ...transition.clauses.map((clause) => `  ${clauseLine(clause, zone, paint)}`),
  ]);
}

function verdict({ holds, holdsAt }: WhyTransition, zone: string): string {
  if (holds) return ' · holds';
  return holdsAt === null ? ' · not yet' : ` · by time alone on ${momentText(holdsAt, zone)}`;
}

function clauseLine({ source, holds, values, holdsAt }: WhyClause, zone: string, paint: Paint): string {
  const mark = holds ? paint('green', '✓') : paint('red', '✗');
  const known = values
    .filter((value) => value.source !== source || value.value === null || typeof value.value !== 'boolean')
    .map(({ source, value }) => `${source} is ${writeValue(value, zone) || 'missing'}`);
  const when = holds || holdsAt === null ? [] : [`true from ${momentText(holdsAt, zone)}`];
  const said = [...known, ...when].join(', ');
  return `${mark} ${source.replace(/\s+/g, ' ')}${said === '' ? '' : paint('dim', ` · ${said}`)}`;
}
