/**
 * Turns a timeline row into words for people: one title, sometimes a detail, and a tone.
 *
 * The timeline itself holds facts only; every surface that shows it uses these sentences.
 */
import type { Ir, Value } from '../compiler/ir.ts';
import { momentText } from './calendar.ts';
import type { Input } from './inputs.ts';
import type { TimelineRow } from './timeline.ts';
import { writeValue } from './write-value.ts';

/** ms; what lies further from 1970 is in no calendar. */
const momentMax = 8.64e15;

/** `quiet` rows explain, but are not what a reader looks for first. */
export type Tone = 'person' | 'speech' | 'progress' | 'setback' | 'attention' | 'quiet';

export type Description = { title: string; detail?: string; tone: Tone };

/** `zone` is the person's, in which moments are written. */
export function describe(row: TimelineRow, ir: Ir, zone: string): Description {
  switch (row.kind) {
    case 'input':
      return describeInput(row.input, ir, zone);
    case 'entered':
      return {
        title: `${enteredVerb[row.direction]} ${row.title === '' ? row.stage : `“${row.title}”`}`,
        ...detail(row.because && reasonText(ir, row.rule, row.because)),
        tone: row.direction === 'return' || row.direction === 'interrupt' ? 'setback' : 'progress',
      };
    case 'finished':
      return {
        title: row.outcome === 'left' ? `Left as ${row.as}` : `Finished in ${ir.stages[row.as]?.name ?? row.as}`,
        ...detail(row.because && reasonText(ir, row.rule, row.because)),
        tone: row.outcome === 'success' ? 'progress' : row.outcome === 'neutral' ? 'quiet' : 'setback',
      };
    case 'ruled':
      return { title: 'A rule was taken', detail: reasonText(ir, row.rule, row.because), tone: 'quiet' };
    case 'set':
      return {
        title: `${row.field} is now ${quoted(row.to, zone)}`,
        detail: `was ${quoted(row.from, zone)}; set by the ${row.by === 'answer' ? 'answer' : row.by}`,
        tone: 'quiet',
      };
    case 'recorded': {
      const fields = Object.entries(row.fields).filter(([, value]) => value !== null);
      const late = row.occurredAt !== row.at ? `occurred ${momentText(row.occurredAt, zone)}` : undefined;
      return {
        title: `Recorded: ${ir.series[row.series]?.singular ?? row.series}`,
        ...detail(
          [fields.map(([name, value]) => `${name} ${writeValue(value, zone)}`).join(', '), late]
            .filter(Boolean)
            .join(' · '),
        ),
        tone: 'person',
      };
    }
    case 'message':
      return { title: speaker[row.author], detail: row.text, tone: 'speech' };
    case 'planned':
      return { title: `Will be said at ${momentText(row.sendAt, zone)}`, detail: row.text, tone: 'quiet' };
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
      return { title: `Escalated to ${row.to}`, ...detail(row.text), tone: 'attention' };
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
      return { title: 'The person chose', detail: input.value, tone: 'person' };
    case 'record':
      return {
        title: `Told: ${ir.series[input.series]?.singular ?? input.series}`,
        detail: `by the ${input.by}${isMoment(input.occurredAt) ? `, of ${momentText(input.occurredAt, zone)}` : ''}`,
        tone: 'quiet',
      };
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
function reasonText(ir: Ir, id: string | undefined, source: string): string {
  const scope = id?.slice(0, id.indexOf('/'));
  const rules = scope === undefined ? [] : scope === 'anytime' ? ir.anytime : (ir.stages[scope]?.rules ?? []);
  const trigger = rules.find((rule) => rule.id === id)?.trigger;
  if (trigger?.kind === 'command')
    return `on ${trigger.words.map((word) => `“${word.replaceAll('_', ' ')}”`).join(' or ')}`;
  const head = source.replace(/\s*\{.*$/s, '').trim();
  if (trigger?.kind === 'recorded') return head;
  // `advance to x with … when …`: the title says where to, and what is set has rows of its own.
  const condition = /\b(?:when|after)\b.*$/s.exec(head.replace(/\bwith\b.*?(?=\b(?:when|after)\b)/s, ''))?.[0] ?? head;
  return condition.startsWith('when ') ? `because ${condition.slice('when '.length)}` : condition;
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
} as const;

const speaker = {
  program: 'The program said',
  agent: 'The agent said',
  'scripted-agent': 'The scripted agent said',
} as const;

const runPurpose = { reply: 'to reply', review: 'to review', nudge: 'to nudge', say: 'to speak' } as const;
