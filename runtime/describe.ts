/**
 * Turns a timeline row into words for people: one title, sometimes a detail, and a tone.
 *
 * The timeline itself holds facts only; every surface that shows it uses these sentences.
 */
import type { Ir, Value } from '../compiler/ir.ts';
import { momentText } from './calendar.ts';
import { threadTitle } from './explain.ts';
import type { ThreadId } from './facts.ts';
import { flowOf } from './focus.ts';
import type { Input } from './inputs.ts';
import { proposalText } from './proposal-text.ts';
import type { TimelineRow } from './timeline.ts';
import { writeValue } from './write-value.ts';

/** ms; what lies further from 1970 is in no calendar. */
const momentMax = 8.64e15;

/** `quiet` rows explain, but are not what a reader looks for first. */
export type Tone = 'person' | 'speech' | 'progress' | 'setback' | 'attention' | 'quiet';

export type Description = { title: string; detail?: string; tone: Tone };

/** The program a row speaks of: that of the version the person was on then. */
export function irAt({ ir, past }: { ir: Ir; past: readonly { until: number; ir: Ir }[] }, seq: number): Ir {
  return past.find(({ until }) => seq <= until)?.ir ?? ir;
}

/** `zone` is the person's, in which moments are written. What happened in a track or to an item says so. */
export function describe(row: TimelineRow, ir: Ir, zone: string): Description {
  const described = describeRow(row, ir, zone);
  const of = row.thread ? threadTitle(ir, row.thread) : '';
  return of === '' ? described : { ...described, title: `${of} · ${described.title}` };
}

/** The same for a reader who sees by other means where it happened. */
export function describeRow(row: TimelineRow, ir: Ir, zone: string): Description {
  switch (row.kind) {
    case 'input':
      return describeInput(row.input, ir, zone);
    case 'entered':
      return {
        title: `${enteredVerb[row.direction]} ${row.title === '' ? row.stage : `“${row.title}”`}`,
        ...detail(row.because && reasonText(ir, row.rule, row.because, row.thread)),
        tone: row.direction === 'return' || row.direction === 'interrupt' ? 'setback' : 'progress',
      };
    case 'finished':
      return {
        title: row.outcome === 'left' ? `Left as ${words(row.as)}` : `Finished in ${row.as}`,
        ...detail(row.because && reasonText(ir, row.rule, row.because, row.thread)),
        tone: row.outcome === 'success' ? 'progress' : row.outcome === 'neutral' ? 'quiet' : 'setback',
      };
    case 'paused': {
      const until = row.until === null ? '' : ` · until ${momentText(row.until, zone)}`;
      return { title: 'Paused', detail: `${row.reason}${until}`, tone: 'attention' };
    }
    case 'resumed':
      return {
        title: row.by === null ? 'The pause is over' : 'Goes on after a pause',
        detail: `paused since ${momentText(row.since, zone)}`,
        tone: 'progress',
      };
    case 'ruled':
      return { title: 'A rule was taken', detail: reasonText(ir, row.rule, row.because, row.thread), tone: 'quiet' };
    case 'set':
      return {
        title: `${row.item ? `${row.item.item}: ` : ''}${row.field} is now ${quoted(row.to, zone)}`,
        detail: `was ${quoted(row.from, zone)}; set by ${setter(row)}`,
        tone: row.by === 'role' ? 'person' : 'quiet',
      };
    case 'begun':
      return { title: `Began: ${ir.tracks[row.track]?.title || row.track}`, detail: row.because, tone: 'progress' };
    case 'added': {
      const list = ir.lists[row.list];
      const fields = Object.entries(row.fields).filter(([name, value]) => value !== null && name !== list?.key);
      return {
        title: `Added to ${list?.title || row.list}: ${row.item}`,
        ...detail(fields.map(([name, value]) => `${name} ${writeValue(value, zone)}`).join(', ')),
        tone: 'progress',
      };
    }
    case 'corrected': {
      const one = ir.series[row.series]?.singular ?? row.series;
      return {
        title: row.fields === null ? `Taken back: ${one}` : `Put right: ${one}`,
        ...detail(
          row.fields === null
            ? `it said ${fieldsText(row.from, zone)}`
            : `${fieldsText(row.fields, zone)} · it said ${fieldsText(row.from, zone)}`,
        ),
        tone: 'person',
      };
    }
    case 'told':
      return { title: row.question ? `Asked ${row.to}` : `Told ${row.to}`, detail: row.text, tone: 'speech' };
    case 'output':
      return { title: `Document for ${words(row.to)}: ${words(row.name)}`, detail: row.text, tone: 'speech' };
    case 'called':
      return {
        title: `Call for ${words(row.service)}: ${words(row.action)}`,
        ...detail(fieldsText(row.fields, zone)),
        tone: 'quiet',
      };
    case 'proposed':
      return {
        title: `Proposed to ${row.by}: ${proposalText(ir, row.proposal, row.value, zone)}`,
        ...detail(row.expiresAt === null ? undefined : `a decision is expected by ${momentText(row.expiresAt, zone)}`),
        tone: 'attention',
      };
    case 'decided':
      return {
        title: `${row.approved ? 'Approved' : 'Refused'}: ${proposalText(ir, row.proposal, row.value, zone)}`,
        detail: `by ${row.role}`,
        tone: row.approved ? 'progress' : 'setback',
      };
    case 'lapsed':
      return {
        title: `No longer proposed: ${proposalText(ir, row.proposal, null, zone)}`,
        detail: row.why,
        tone: 'attention',
      };
    case 'acknowledged':
      return { title: `${row.role} has seen the escalation`, tone: 'person' };
    case 'recorded': {
      const late = row.occurredAt !== row.at ? `occurred ${momentText(row.occurredAt, zone)}` : undefined;
      const by = row.role === undefined ? undefined : `by ${row.role}`;
      return {
        title: `Recorded: ${ir.series[row.series]?.singular ?? row.series}`,
        ...detail([fieldsText(row.fields, zone), late, by].filter(Boolean).join(' · ')),
        tone: 'person',
      };
    }
    case 'repeated':
      return {
        title: `Told again: ${ir.series[row.series]?.singular ?? row.series}`,
        ...detail([fieldsText(row.fields, zone), 'it was recorded already'].filter(Boolean).join(' · ')),
        tone: 'quiet',
      };
    case 'message':
      return { title: speaker[row.author], detail: row.text, tone: 'speech' };
    case 'planned':
      return { title: `Will be said at ${momentText(row.sendAt, zone)}`, detail: row.text, tone: 'quiet' };
    case 'held':
      return { title: `Held back until ${momentText(row.until, zone)}`, detail: row.why, tone: 'quiet' };
    case 'withdrawn':
      return { title: 'Withdrawn', detail: row.why, tone: 'quiet' };
    case 'reviewed':
      return {
        title: 'Review',
        detail: {
          run: 'Something had happened since the last one, so the agent looked.',
          'nothing-changed': 'Nothing had happened since the last one.',
          busy: 'A conversation was going on; the next review will look.',
        }[row.outcome],
        tone: 'quiet',
      };
    case 'nudged':
      return { title: `Nudge ${row.count} of ${row.atMost}`, tone: 'attention' };
    case 'asked':
      return {
        title: 'A question was asked',
        ...detail(row.expiresAt === null ? undefined : `an answer is expected by ${momentText(row.expiresAt, zone)}`),
        tone: 'quiet',
      };
    case 'answered':
      return { title: `Answered: ${writeValue(row.value, zone) || 'nothing'}`, tone: 'person' };
    case 'unanswered':
      return { title: 'Nobody answered in time', tone: 'attention' };
    case 'escalated':
      return {
        title: `Escalated to ${row.to}${row.rung ? ' as well' : ''}`,
        ...detail(row.text),
        tone: 'attention',
      };
    case 'run-started':
      return { title: `The agent was asked ${runPurpose[row.reason]}`, tone: 'quiet' };
    case 'run-void':
      return { title: 'The agent’s work was set aside', detail: row.why, tone: 'quiet' };
    case 'run-failed':
      return { title: 'The agent could not answer', detail: row.problem, tone: 'attention' };
    case 'judged': {
      const criterion = ir.criteria[row.criterion]?.text ?? row.criterion;
      const verdict = row.holds ? 'holds' : 'does not hold';
      return {
        title: `Judged: “${criterion}” ${verdict} (${Math.round(row.confidence * 100)} %)`,
        ...detail(
          row.counts ? row.quotes.map((quote) => `“${quote}”`).join(' ') : `It does not count: ${row.why ?? ''}`,
        ),
        tone: row.counts ? 'progress' : 'attention',
      };
    }
    case 'adopted':
      return {
        title: `Goes on in version ${row.to}`,
        detail: `was on version ${row.from}${row.via ? `, and came through ${row.via.join(' and ')}` : ''}; in ${row.stage}`,
        tone: 'progress',
      };
    case 'reverted':
      return { title: `Is back on version ${row.to}`, detail: `version ${row.from} was taken back`, tone: 'setback' };
    case 'refused':
      return { title: 'Not taken', detail: row.why, tone: 'attention' };
  }
}

function describeInput(input: Input, ir: Ir, zone: string): Description {
  switch (input.type) {
    case 'enroll':
      return { title: `Enrolled in ${ir.title}`, detail: `time zone ${input.zone}`, tone: 'progress' };
    case 'message':
      return { title: 'The person said', detail: input.text, tone: 'person' };
    case 'answer':
      return {
        title: `${input.role ?? 'The person'} ${input.role ? 'answered' : 'chose'}`,
        detail: input.value,
        tone: 'person',
      };
    case 'correct':
      return { title: `${input.role ?? `The ${input.by}`} corrects ${input.series}`, tone: 'quiet' };
    case 'set':
      return { title: `${input.role} sets ${input.field}`, tone: 'quiet' };
    case 'add':
      return { title: `${input.role} adds to ${ir.lists[input.list]?.title || input.list}`, tone: 'quiet' };
    case 'decide':
      return { title: `${input.role} ${input.approve ? 'approves' : 'refuses'}`, tone: 'quiet' };
    case 'acknowledge':
      return { title: `${input.role} acknowledges`, tone: 'quiet' };
    case 'record':
      return {
        title: `Told: ${ir.series[input.series]?.singular ?? input.series}`,
        detail: `by ${input.role ?? `the ${input.by}`}${isMoment(input.occurredAt) ? `, of ${momentText(input.occurredAt, zone)}` : ''}`,
        tone: 'quiet',
      };
    case 'told':
      return { title: 'Told with the whole cohort', detail: input.text, tone: 'quiet' };
    case 'joined':
      return { title: 'Came into a cohort', detail: `${input.shared.length} shared before`, tone: 'quiet' };
    case 'move':
      return {
        title: `An operator ${input.back ? 'undoes a move' : `moves the person to ${input.to}`}`,
        detail: input.reason,
        tone: 'quiet',
      };
    case 'pause':
      return { title: 'An operator pauses the program for this person', detail: input.reason, tone: 'quiet' };
    case 'resume':
      return { title: 'An operator lets it go on', tone: 'quiet' };
    case 'advance':
      return { title: 'Asked whether the person advances', tone: 'quiet' };
    case 'withdraw':
      return { title: 'An operator takes the person out', detail: input.reason, tone: 'quiet' };
    case 'held':
      return { title: 'A message has to wait', tone: 'quiet' };
    case 'unsent':
      return { title: 'A message that waited is not sent any more', tone: 'quiet' };
    case 'adopt':
      return { title: `To go over to version ${input.to}`, tone: 'quiet' };
    case 'revert':
      return { title: `To go back to version ${input.to}`, tone: 'quiet' };
    case 'zone':
      return { title: `Time zone is now ${input.zone}`, tone: 'quiet' };
    case 'time':
      return { title: 'Time passed', tone: 'quiet' };
    case 'run-finished':
      return { title: 'The agent finished', tone: 'quiet' };
    case 'run-failed':
      return { title: 'The agent failed', detail: input.problem, tone: 'quiet' };
  }
}

/** An input is kept as it came, also one that was refused because nothing can have occurred then. */
const isMoment = (at: number | null | undefined): at is number =>
  typeof at === 'number' && Number.isInteger(at) && Math.abs(at) <= momentMax;

/**
 * What set a rule off, in the author's words without what the rule then does, which the next rows tell:
 * `on “run”`, `on runs where completed`, `because done >= 3 and week < 9`.
 */
export function reasonText(ir: Ir, id: string | undefined, source: string, thread?: ThreadId): string {
  // An operator's words.
  if (id === undefined) return source;
  const flow = flowOf(ir, thread ?? { kind: 'main' }) ?? ir;
  const rules = [...flow.anytime, ...Object.values(flow.stages).flatMap((stage) => stage.rules)];
  const trigger = rules.find((rule) => rule.id === id)?.trigger;
  const head = source.replace(/\s*\{.*$/s, '').trim();
  if (trigger?.kind === 'command')
    return `on ${trigger.words.map((word) => `“${word.replaceAll('_', ' ')}”`).join(' or ')}`;
  if (trigger?.kind === 'decided') {
    const by = ir.proposals[trigger.proposal]?.by ?? 'somebody';
    return `because ${by} ${trigger.approved ? 'approved' : 'refused'}`;
  }
  if (trigger?.kind === 'recorded' || trigger?.kind === 'cadence' || trigger?.kind === 'reached') return head;
  // `advance to x with … when …`: the title says where to, and what is set has rows of its own.
  const condition = /\b(?:when|after)\b.*$/s.exec(head.replace(/\bwith\b.*?(?=\b(?:when|after)\b)/s, ''))?.[0] ?? head;
  return condition.startsWith('when ') ? `because ${condition.slice('when '.length)}` : condition;
}

/** `set_plan` → `set plan`. */
const words = (name: string): string => name.replaceAll('_', ' ');

const fieldsText = (fields: Record<string, Value>, zone: string): string =>
  Object.entries(fields)
    .filter(([, value]) => value !== null)
    .map(([name, value]) => `${name} ${writeValue(value, zone)}`)
    .join(', ');

function setter({ by, role }: Extract<TimelineRow, { kind: 'set' }>): string {
  if (role !== undefined) return by === 'answer' ? `${role}’s answer` : role;
  return `the ${by}`;
}

/** A text of several words stands in quotes, so that it is seen where it ends. */
function quoted(value: Value, zone: string): string {
  const text = writeValue(value, zone) || 'missing';
  return typeof value === 'string' && /\s/.test(value) ? `“${text}”` : text;
}

const detail = (text: string | undefined | false): { detail?: string } => (text ? { detail: text } : {});

const enteredVerb = {
  start: 'Started in',
  advance: 'Advanced to',
  return: 'Returned to',
  restart: 'Started again:',
  interrupt: 'Interrupted with',
  resume: 'Resumed',
  move: 'Moved to',
} as const;

const speaker = {
  program: 'The program said',
  agent: 'The agent said',
  'scripted-agent': 'The scripted agent said',
} as const;

const runPurpose = { reply: 'to reply', review: 'to review', nudge: 'to nudge', say: 'to speak' } as const;
