/**
 * The rules of the language once more, as plainly as they can be written: no machine, no rows.
 *
 * Knows which rules are taken, where the person is and what the facts are. It shares the meaning of
 * expressions with the runtime (`evaluate`) and nothing else. Questions, agents and what time owes
 * besides conditions are not its business; programs given to it must do without questions.
 */

import type { Effect, Ir, Rule, Value } from '../../compiler/ir.ts';
import { commandWord } from '../../compiler/normalize-command.ts';
import { evaluate, holds } from '../../runtime/evaluate.ts';
import type { Entry, Facts, Visit } from '../../runtime/facts.ts';

const takenMax = 100;
const eventsMax = 200;

export type Reference = {
  stage: string;
  data: Record<string, Value>;
  series: Record<string, Entry[]>;
  visit: number;
  aside: string[];
  finished: string | null;
};
export type Happened =
  | { kind: 'says'; text: string }
  | { kind: 'records'; series: string; fields: Record<string, Value>; at: number; byPerson: boolean }
  | { kind: 'zone'; zone: string }
  | { kind: 'time' };

/** People live by `ir` from `start` on. Each call tells what happens and gives the rules taken, in order. */
export function reference(ir: Ir, zone: string, start: number) {
  let now = start;
  const visitOf = (stage: string, number: number, arrivedAt = now): Visit => ({
    stage,
    number,
    since: now,
    arrivedAt,
    pauses: [],
    nudges: {},
    done: {},
  });
  const facts = {
    enrolledAt: now,
    zone: ir.zone.theirs ? zone : ir.zone.fallback,
    data: Object.fromEntries(Object.values(ir.data).map((field) => [field.name, field.initial])),
    changedAt: {} as Record<string, number>,
    series: Object.fromEntries(Object.keys(ir.series).map((name) => [name, [] as Entry[]])),
    visit: visitOf(ir.initial, 1),
    interrupted: [] as Visit[],
    heardAt: now,
    judgements: {},
  };
  let visits = 1;
  let finished: string | null = null;
  let events: string[][] = [];
  let taken: string[] = [];
  const turned = new Set<string>();

  const env = () => ({ ir, facts: facts as unknown as Facts, now });
  const isTrue = (rule: Rule) => holds(rule.condition, env()).holds;
  const inForce = (): Rule[] => {
    const { stage } = facts.visit;
    const anytime = ir.anytime.filter((rule) => !(rule.move?.direction === 'interrupt' && rule.move.to === stage));
    return finished ? [] : [...anytime, ...(ir.stages[stage]?.rules ?? [])];
  };
  const possible = (rule: Rule) => rule.move?.direction !== 'resume' || facts.interrupted.length > 0;

  function add(series: string, fields: Record<string, Value>, at: number): void {
    const fitting = inForce().filter(
      ({ trigger, condition }) =>
        trigger.kind === 'recorded' &&
        trigger.series === series &&
        holds(condition, { ...env(), entry: { fields, at } }).holds,
    );
    events.push(fitting.map((rule) => rule.id));
    const entry = { id: '', at, recordedAt: now, visit: facts.visit.number, fields };
    const later = facts.series[series]?.findIndex((one) => one.at > at) ?? -1;
    const entries = facts.series[series] ?? [];
    entries.splice(later < 0 ? entries.length : later, 0, entry);
  }

  function change(effect: Effect): void {
    if (effect.kind === 'record') {
      const fields = Object.fromEntries(
        Object.entries(effect.fields).map(([name, expr]) => [name, evaluate(expr, env()).value]),
      );
      const whole = Object.keys(ir.series[effect.series]?.fields ?? {}).map((name) => [name, fields[name] ?? null]);
      add(effect.series, Object.fromEntries(whole), now);
    }
    if (effect.kind !== 'set') return;
    const { value } = evaluate(effect.value, env());
    const type = ir.data[effect.field]?.type;
    if (
      type?.kind === 'number' &&
      (typeof value !== 'number' || value < (type.min ?? value) || value > (type.max ?? value))
    )
      return;
    if (facts.data[effect.field] === value) return;
    facts.data[effect.field] = value;
    facts.changedAt[effect.field] = now;
  }

  function enter(stage: string): void {
    const { visit } = facts;
    visits += 1;
    facts.visit = visitOf(stage, visits);
    if (stage === visit.stage) Object.assign(facts.visit, { arrivedAt: visit.arrivedAt, pauses: visit.pauses });
    for (const id of turned) if (id.startsWith(`${stage}/`)) turned.delete(id);
    for (const effect of ir.stages[stage]?.entry ?? []) change(effect);
    if (ir.stages[stage]?.final) finished = stage;
  }

  function take(rule: Rule): void {
    taken.push(rule.id);
    if (taken.length > takenMax) throw new RangeError('in circles');
    if (rule.trigger.kind === 'becomes') turned.add(rule.id);
    for (const effect of rule.effects) change(effect);
    switch (rule.move?.direction) {
      case 'advance':
      case 'return':
        facts.interrupted = [];
        enter(rule.move.to);
        return;
      case 'restart':
        enter(facts.visit.stage);
        return;
      case 'interrupt':
        facts.interrupted = [
          ...facts.interrupted,
          { ...facts.visit, pauses: [...facts.visit.pauses, { from: now, to: now }] },
        ];
        enter(rule.move.to);
        return;
      case 'resume': {
        const back = facts.interrupted.at(-1) as Visit;
        facts.interrupted = facts.interrupted.slice(0, -1);
        facts.visit = {
          ...back,
          pauses: back.pauses.map((one, i, all) => (i < all.length - 1 ? one : { ...one, to: now })),
        };
        return;
      }
      case 'leave':
        finished = `left as ${rule.move.as}`;
    }
  }

  /** Conditions that no longer hold may turn again. */
  function forget(): void {
    for (const rule of [...ir.anytime, ...(ir.stages[facts.visit.stage]?.rules ?? [])]) {
      if (turned.has(rule.id) && !isTrue(rule)) turned.delete(rule.id);
    }
  }

  /** With nothing waiting to be answered, conditions are looked at until none brings anything. */
  function rest(): void {
    while (events.length === 0) {
      const next = inForce().find(
        (rule) =>
          (rule.trigger.kind === 'holds' || (rule.trigger.kind === 'becomes' && !turned.has(rule.id))) &&
          isTrue(rule) &&
          possible(rule),
      );
      if (!next) return;
      take(next);
    }
  }

  function tell(at: number, happened: Happened): string[] {
    now = Math.max(now, at);
    taken = [];
    events = [];
    forget();
    if (!finished && happened.kind === 'says') {
      facts.heardAt = now;
      const word = commandWord(happened.text);
      const named = inForce().filter(
        ({ trigger }) => trigger.kind === 'command' && trigger.words.some((one) => commandWord(one) === word),
      );
      if (named.length > 0) events.push(named.filter(isTrue).map((rule) => rule.id));
    }
    if (!finished && happened.kind === 'records') {
      if (happened.byPerson) facts.heardAt = now;
      add(happened.series, happened.fields, happened.at);
    }
    if (happened.kind === 'zone' && ir.zone.theirs) facts.zone = happened.zone;
    forget();
    rest();
    for (let done = 0; events.length > 0; done += 1) {
      if (done >= eventsMax) throw new RangeError('no rest');
      const event = events.shift() ?? [];
      forget();
      const rule = inForce().find((one) => event.includes(one.id) && possible(one));
      if (rule) take(rule);
      rest();
    }
    return taken;
  }

  for (const effect of ir.stages[ir.initial]?.entry ?? []) change(effect);
  return {
    tell,
    state: (): Reference => ({
      stage: facts.visit.stage,
      data: facts.data,
      series: facts.series,
      visit: facts.visit.number,
      aside: facts.interrupted.map((visit) => visit.stage),
      finished,
    }),
  };
}
