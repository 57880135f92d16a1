/**
 * What the agent can look up during a run: why the person is not further, and what the next days bring.
 *
 * In words, in the person's zone, and bounded; reckoned only when it is asked for. Looking changes nothing.
 */
import { momentText } from './calendar.ts';
import { why } from './explain.ts';
import { forecast } from './forecast.ts';
import type { LoadedProgram } from './load.ts';
import type { State } from './state.ts';
import type { WhyClause, WhyTransition } from './why.ts';
import { writeValue } from './write-value.ts';

/** How far ahead the agent sees. */
export const sightDays = 7;
/** What is coming that is told, the nearest first. */
const comingToldMax = 30;

export type AgentSight = { whyNot(): string; whatNext(): string };

export function agentSight(program: LoadedProgram, state: State, now: number): AgentSight {
  const { zone } = state.facts;
  return {
    whyNot() {
      const { transitions, threads } = why(program, state, now);
      const others = threads.flatMap((thread) => [
        `${thread.title}, in “${thread.stageTitle}”:`,
        ...thread.transitions.map((one) => `- ${sentenceOf(one, zone)}`),
      ]);
      const lines = [...transitions.map((one) => `- ${sentenceOf(one, zone)}`), ...others];
      return lines.length === 0 ? 'There is no way out of this stage: the person has finished.' : lines.join('\n');
    },
    whatNext() {
      const { coming } = forecast(program, state, now, sightDays);
      if (coming.length === 0) return `If nothing happens, the next ${sightDays} days bring nothing.`;
      return coming
        .slice(0, comingToldMax)
        .map(
          ({ at, title, detail }) => `- ${momentText(at, zone)}: ${title}${detail === undefined ? '' : ` (${detail})`}`,
        )
        .join('\n');
    },
  };
}

/** `Advance to “Week 2” waits for: done >= 3 (done is 1).` */
function sentenceOf({ title, clauses }: WhyTransition, zone: string): string {
  const missing = clauses.filter(({ holds }) => !holds).map((clause) => clauseText(clause, zone));
  return missing.length === 0 ? `${title}: nothing is in the way.` : `${title} waits for: ${missing.join('; ')}.`;
}

function clauseText({ source, values, holdsAt }: WhyClause, zone: string): string {
  const known = values.map((one) => `${one.source} is ${writeValue(one.value, zone) || 'missing'}`);
  const when = holdsAt === null ? [] : [`by itself from ${momentText(holdsAt, zone)}`];
  const notes = [...known, ...when];
  return notes.length === 0 ? source : `${source} (${notes.join(', ')})`;
}
