/**
 * What an agent run did, applied within what the program lets the agent do.
 *
 * Fields must be marked `agent may set`, series `agent may record`; a judgement counts when every
 * quote it rests on is something the person said. The rest is refused and the timeline says so.
 */
import { conformFields, occurredProblem } from './conform.ts';
import type { RunInHand } from './facts.ts';
import { isThere, within } from './focus.ts';
import type { RunResult } from './inputs.ts';
import { type Moment, mainThread, note, refuse, withFacts } from './moment.ts';
import { addEntry, setField } from './set-facts.ts';
import { say } from './speak.ts';

/** Messages of one agent run that are said; and characters of one message. */
export const runSaysMax = 10;
export const saidLengthMax = 10_000;
/** Facts, entries and judgements of each kind that one agent run may bring. */
export const runDeedsMax = 50;

/** The named thing of a record, never what every object inherits. */
const named = <T>(things: Record<string, T>, name: string): T | undefined =>
  Object.hasOwn(things, name) ? things[name] : undefined;

/** The result of a run; nothing where it is not the one in hand. */
export function finishRun(moment: Moment, run: string, result: RunResult): Moment {
  const inHand = moment.facts.run;
  if (inHand?.id !== run) return moment;
  const over = { ...withFacts(moment, { run: null }), answering: inHand.answering };
  // The track or item it spoke for may be gone meanwhile.
  const thread = isThere(over, inHand.thread) ? inHand.thread : mainThread;
  return within(over, thread, (there) => applyResult(there, inHand, result));
}

function applyResult(moment: Moment, { reason, since }: RunInHand, result: RunResult): Moment {
  let next = moment;
  const { says, sets, records, judgements, refused } = bounded(result);
  for (const text of says) next = say(next, { text, reason, author: result.author, begunAt: since });
  for (const why of refused) next = refuse(next, 'run', why);
  if ((next.aside?.home ?? next.facts).finished) return next;
  for (const { field, value } of sets) {
    next = named(next.ir.data, field)?.agentMaySet
      ? setField(next, field, value, { by: 'agent' })
      : refuse(next, field, `The agent may not set ${field}.`);
  }
  for (const proposed of records) {
    const series = named(next.ir.series, proposed.series);
    if (!series?.agentMayRecord) {
      next = refuse(next, proposed.series, `The agent may not record ${proposed.series}.`);
      continue;
    }
    const occurredAt = proposed.occurredAt ?? next.now;
    const conformed = conformFields(series, proposed.fields);
    const why = conformed.ok ? occurredProblem(occurredAt, next.now) : conformed.problems.join(' ');
    next =
      conformed.ok && why === undefined
        ? addEntry(next, { series: proposed.series, fields: conformed.fields, occurredAt, by: 'agent' })
        : refuse(next, proposed.series, why ?? '');
  }
  return judgements.reduce(judge, next);
}

/** As much of a run's result as one run may bring, and what was left out. */
function bounded(result: RunResult): Omit<RunResult, 'author'> & { refused: string[] } {
  const refused: string[] = [];
  const atMost = <T>(things: T[], max: number, what: string): T[] => {
    if (things.length > max)
      refused.push(`One run brings at most ${max} ${what}; ${things.length - max} were left out.`);
    return things.slice(0, max);
  };
  const says = atMost(result.says, runSaysMax, 'messages').filter((text) => {
    if (text.length <= saidLengthMax) return true;
    refused.push(`A message of ${text.length} characters is too long: at most ${saidLengthMax} are said.`);
    return false;
  });
  return {
    says,
    sets: atMost(result.sets, runDeedsMax, 'facts'),
    records: atMost(result.records, runDeedsMax, 'entries'),
    judgements: atMost(result.judgements, runDeedsMax, 'judgements'),
    refused,
  };
}

/** A judgement counts when every quote it rests on is something the person said. */
function judge(moment: Moment, judgement: RunResult['judgements'][number]): Moment {
  const criterion = named(moment.ir.criteria, judgement.criterion);
  if (!criterion) return refuse(moment, 'judgement', 'There is no such criterion.');
  const plain = (text: string) => text.toLowerCase().replace(/\s+/g, ' ').trim();
  const said = moment.facts.heard.map((message) => plain(message.text));
  const quotes = judgement.quotes.filter((quote) => plain(quote) !== '');
  const unfounded = quotes.find((quote) => !said.some((text) => text.includes(plain(quote))));
  const number = moment.facts.visit.number;
  const before = moment.facts.judgements[criterion.id];
  const count = before?.visit === number ? before.count : 0;
  const why = !(typeof judgement.confidence === 'number' && judgement.confidence >= 0 && judgement.confidence <= 1)
    ? 'A confidence lies between 0 and 1.'
    : unfounded !== undefined
      ? `The person did not say “${unfounded}”.`
      : judgement.holds && quotes.length === 0
        ? 'It quotes nothing the person said.'
        : criterion.atMost !== undefined && count >= criterion.atMost
          ? `It has been judged ${count === 1 ? 'once' : `${count} times`} in this visit, as often as the program lets it.`
          : undefined;
  const { holds: held, confidence } = judgement;
  const noted = note(moment, {
    kind: 'judged',
    criterion: criterion.id,
    holds: held,
    confidence,
    quotes,
    counts: why === undefined,
    ...(why === undefined ? {} : { why }),
  });
  if (why !== undefined) return noted;
  const judged = { holds: held, confidence, quotes, at: moment.now, visit: number, count: count + 1 };
  return withFacts(noted, { judgements: { ...moment.facts.judgements, [criterion.id]: judged } });
}
