/**
 * Deeds of a scenario as inputs: what somebody in the story does, found in how things stand.
 *
 * Which entry is corrected, which proposal decided, which question answered is looked up in the
 * facts. A deed that has nothing to be done to is told in a sentence; whether it may be done is for
 * `step` to say.
 */
import type { Flow, Ir, Question, Value } from '../compiler/ir.ts';
import type { DeedIr } from '../compiler/scenario-ir.ts';
import { dateText, momentText } from './calendar.ts';
import type { Facts } from './facts.ts';
import type { Input } from './inputs.ts';
import { itemId, sameId } from './items.ts';
import { dayBehind, momentBehind, type Telling } from './scenario-moments.ts';
import { writeValue } from './write-value.ts';

/** A deed of the agent is told to it beforehand; it is no input. */
export type InputDeed = Exclude<DeedIr, { kind: `agent-${string}` }>;

/** The inputs of a deed, or why it has nothing to be done to. `id` begins the ids. */
export type DeedInputs = { inputs: Input[] } | { problem: string };

export function inputsOf(deed: InputDeed, id: string, ir: Ir, facts: Facts, telling: Telling): DeedInputs {
  const one = (input: Input): DeedInputs => ({ inputs: [input] });
  const nothing = (problem: string): DeedInputs => ({ problem });
  switch (deed.kind) {
    case 'says':
      return one({ type: 'message', id, text: deed.text, channel: 'web' });
    case 'answers':
      return one({ type: 'answer', id, question: facts.question?.id ?? 'none', value: deed.value, channel: 'web' });
    case 'tells':
      return one({ type: 'told', id, text: deed.text });
    case 'moves':
      return one({ type: 'zone', id, zone: deed.zone });
    case 'record': {
      const { series, fields, occurred } = deed;
      const at = occurred === undefined ? {} : { occurredAt: momentBehind(occurred, telling) };
      return one({ type: 'record', id, series, fields, ...at, ...whoTells(deed.by, ir) });
    }
    case 'correct': {
      const entry = findEntry(deed, facts, telling);
      if (entry === undefined) return nothing(noEntry(deed, ir, telling));
      const fields = deed.fields === undefined ? {} : { fields: { ...entry.fields, ...deed.fields } };
      return one({ type: 'correct', id, series: deed.series, entry: entry.id, ...fields, ...whoTells(deed.by, ir) });
    }
    case 'sets': {
      const item = itemMeant(deed, ir, facts);
      if (item !== undefined && 'problem' in item) return item;
      return {
        inputs: Object.entries(deed.fields).map(([field, value], index) => ({
          type: 'set',
          id: index === 0 ? id : `${id}.${index}`,
          field,
          value,
          ...(item === undefined ? {} : { item }),
          role: deed.by,
        })),
      };
    }
    case 'adds':
      return one({ type: 'add', id, list: deed.list, fields: deed.fields, role: deed.by });
    case 'decides': {
      const [field] = Object.keys(deed.fields);
      const open = facts.proposals.findLast(({ proposal }) => {
        const declared = ir.proposals[proposal];
        const isFor = deed.by === 'operator' || declared?.by === deed.by;
        return isFor && (field === undefined || declared?.field === field);
      });
      const what = field === undefined ? '' : ` about ${field}`;
      if (open === undefined) return nothing(`nothing${what} waits for a decision of ${deed.by}`);
      const value = field === undefined ? {} : { value: deed.fields[field] ?? null };
      return one({ type: 'decide', id, proposal: open.id, approve: deed.approve, ...value, role: deed.by });
    }
    case 'role-answers': {
      const open = facts.roleQuestions.findLast(
        ({ question }) => deed.by === 'operator' || findQuestion(ir, question)?.to === deed.by,
      );
      if (open === undefined) return nothing(`no question to ${deed.by} is open`);
      return one({ type: 'answer', id, question: open.id, value: deed.value, channel: 'web', role: deed.by });
    }
    case 'acknowledges': {
      const climb = facts.climbs.findLast(
        ({ ladder }) => deed.by === 'operator' || ir.ladders[ladder]?.rungs.some(({ to }) => to === deed.by),
      );
      if (climb === undefined) return nothing(`no escalation that may reach ${deed.by} is open`);
      return one({ type: 'acknowledge', id, climb: climb.id, role: deed.by });
    }
  }
}

/** The names under which a refusal says that this very input was refused, not what followed from it. */
export function refusalsOf(input: Input): string[] {
  if (input.type === 'record') return [input.type, input.series];
  if (input.type === 'enroll') return [input.type, ...Object.keys(input.data ?? {})];
  return [input.type];
}

type Teller = { by: 'person' | 'operator' | 'service' | 'role' | 'cohort'; role?: string };

function whoTells(by: string | undefined, ir: Ir): Teller {
  if (by === undefined) return { by: 'person' };
  if (by === 'cohort' || by === 'operator') return { by };
  return { by: ir.services.includes(by) ? 'service' : 'role', role: by };
}

const minuteMs = 60_000;

/** The newest entry of that minute, or (where no time is told) of that day. */
function findEntry({ series, of }: Extract<DeedIr, { kind: 'correct' }>, facts: Facts, telling: Telling) {
  const { date, at } = dayBehind(of, telling);
  return facts.series[series]?.findLast((entry) =>
    at === undefined ? entry.day === date : entry.at >= at && entry.at < at + minuteMs,
  );
}

function noEntry({ series, of }: Extract<DeedIr, { kind: 'correct' }>, ir: Ir, telling: Telling): string {
  const { date, at } = dayBehind(of, telling);
  const when = at === undefined ? dateText(date) : momentText(at, telling.zone);
  return `there is no ${ir.series[series]?.singular ?? series} of ${when}`;
}

/** The item whose field is set; undefined where none is named. */
function itemMeant(
  { item }: Extract<DeedIr, { kind: 'sets' }>,
  ir: Ir,
  facts: Facts,
): { list: string; item: string } | { problem: string } | undefined {
  if (item === undefined) return undefined;
  const { list, key } = item;
  const found = facts.lists[list]?.find((one) => sameId(one.id, itemId(key)));
  if (found !== undefined) return { list, item: found.id };
  return { problem: `there is no ${ir.lists[list]?.singular ?? list} ${keyText(key)}` };
}

const keyText = (key: Value): string => (typeof key === 'string' ? `“${key}”` : writeValue(key, 'UTC'));

/** The program's question of this id, in a body or in a stage of any flow. */
export function findQuestion(ir: Ir, id: string): Question | undefined {
  if (Object.hasOwn(ir.asks, id)) return ir.asks[id];
  const flows: Flow[] = [ir, ...Object.values(ir.tracks), ...Object.values(ir.lists)];
  return flows
    .flatMap((flow) => Object.values(flow.stages))
    .flatMap((stage) => stage.questions)
    .find((question) => question.id === id);
}
