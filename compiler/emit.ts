/**
 * IR to the configs of ordinary XState machines.
 *
 * Every stage and every exit is a state. What a rule asks and does is named by its id and provided
 * by the runtime; here is only the order of precedence: what runs `anytime` comes before the
 * stage's own rules, then the order of the text. `emitFlow` is one flow by itself, as the runtime
 * interprets it; `emit` is the program as one machine, its tracks beside each other.
 */
import type { Flow, Ir, Rule, Stage, Track } from './ir.ts';
import {
  exitState,
  type MachineAction,
  type MachineConfig,
  type MachineGuard,
  type MachineState,
  type Machines,
  type MachineTransition,
} from './machine.ts';

/** The states of a program with tracks, beside its exits. */
const RUNNING = 'running';
const FINISHED = 'finished';
/** The region of the program's own stages. No track can be called so. */
const PROGRAM = 'program';
const WAITING = 'waiting';

/** The machine of a program. With tracks, it is parallel while it runs; whoever leaves, leaves all of it. */
export function emit(ir: Ir): MachineConfig {
  const tracks = Object.values(ir.tracks);
  if (tracks.length === 0) return emitFlow(ir);
  const out = (name: string) => `#${ir.name}.${name}`;
  const leaves = (exit: string) => out(exitState(exit));
  const regions: Record<string, MachineState> = {
    [PROGRAM]: { initial: ir.initial, states: emitStages(ir, leaves), onDone: { target: out(FINISHED) } },
  };
  for (const track of tracks) regions[track.name] = emitTrack(track, leaves);
  const exits = new Set([ir, ...tracks].flatMap((flow) => flow.exits));
  return {
    id: ir.name,
    initial: RUNNING,
    states: {
      [RUNNING]: { type: 'parallel', states: regions },
      [FINISHED]: { description: 'finished', type: 'final' },
      ...emitExits(exits),
    },
  };
}

/** The program's machine, and one for the items of each list. */
export function emitAll(ir: Ir): Machines {
  const lists = Object.values(ir.lists).filter((list) => list.stageOrder.length > 0);
  return { program: emit(ir), lists: Object.fromEntries(lists.map((list) => [list.name, emitFlow(list)])) };
}

/** One flow as a machine of its own: the program without its tracks, a track, or the items of a list. */
export function emitFlow(flow: Flow): MachineConfig {
  const states = { ...emitStages(flow, exitState), ...emitExits(flow.exits) };
  return { id: flow.name, initial: flow.initial, states };
}

function emitExits(exits: Iterable<string>): Record<string, MachineState> {
  return Object.fromEntries(
    [...exits].map((exit) => [exitState(exit), { description: `left as ${exit}`, type: 'final' }]),
  );
}

/** A track with a condition waits for it in a state of its own. */
function emitTrack(track: Track, leaves: (exit: string) => string): MachineState {
  const { name, title, initial, when } = track;
  const states = emitStages(track, leaves);
  if (when === undefined) return { description: title, initial, states };
  let waiting = WAITING;
  while (Object.hasOwn(states, waiting)) waiting += '_';
  const begin: MachineTransition = {
    guard: { type: 'begins', params: { track: name } },
    target: initial,
    actions: [{ type: 'enter', params: { stage: initial, track: name } }],
  };
  const always = Object.hasOwn(states, initial) ? { always: [begin] } : {};
  return {
    description: title,
    initial: waiting,
    states: { [waiting]: { description: track.source, ...always }, ...states },
  };
}

function emitStages(flow: Flow, leaves: (exit: string) => string): Record<string, MachineState> {
  const states: Record<string, MachineState> = {};
  for (const name of flow.stageOrder) {
    const stage = flow.stages[name];
    if (stage === undefined) continue;
    states[name] =
      stage.final === undefined ? emitStage(flow, stage, leaves) : { description: describe(stage), type: 'final' };
  }
  return states;
}

/** The title, with holes shown as dots: a machine holds no facts. */
function describe(stage: Stage): string {
  return stage.title.parts.map((part) => (typeof part === 'string' ? part : '…')).join('');
}

function emitStage(flow: Flow, stage: Stage, leaves: (exit: string) => string): MachineState {
  const on: Record<string, MachineTransition[]> = {};
  const always: MachineTransition[] = [];
  const anytime = flow.anytime.filter((rule) => !isAlreadyThere(rule, stage));
  for (const rule of [...anytime, ...stage.rules]) {
    const transitions = emitRule(flow, stage, rule, leaves);
    if (transitions.length === 0) continue;
    const events = eventsOf(rule);
    if (events === undefined) always.push(...transitions);
    for (const event of events ?? []) on[event] = [...(on[event] ?? []), ...transitions];
  }
  return {
    description: describe(stage),
    ...(Object.keys(on).length === 0 ? {} : { on }),
    ...(always.length === 0 ? {} : { always }),
  };
}

/**
 * The id that rules of one handler share: the ways through `check … { when … else … }` are tried at
 * one moment, so they answer one event.
 */
export function handlerOf(rule: string): string {
  if (rule.endsWith('.else')) return rule.slice(0, -'.else'.length);
  let end = rule.length;
  while (end > 0 && isDigit(rule.charCodeAt(end - 1))) end -= 1;
  // 46 is the dot: only what is a number to the end parts the ways.
  return end < rule.length && end > 0 && rule.charCodeAt(end - 1) === 46 ? rule.slice(0, end - 1) : rule;
}

const isDigit = (code: number): boolean => code >= 48 && code <= 57;

/** The events a rule answers; undefined where it is looked at whenever something has changed. */
export function eventsOf({ id, trigger }: Rule): string[] | undefined {
  switch (trigger.kind) {
    case 'command':
      return trigger.words.map((word) => `command.${word}`);
    case 'recorded':
      return [`recorded.${trigger.series}`];
    case 'cadence':
      return [`check.${handlerOf(id)}`];
    case 'reached':
      return [`reached.${handlerOf(id)}`];
    case 'decided':
      return [`decided.${trigger.proposal}.${trigger.approved ? 'yes' : 'no'}`];
    case 'holds':
    case 'becomes':
      return undefined;
  }
}

/** `anytime { when injured { interrupt with recovery } }` has nothing to do in `recovery` itself. */
export function isAlreadyThere(rule: Rule, stage: Stage): boolean {
  return rule.move?.direction === 'interrupt' && rule.move.to === stage.name;
}

/** Moves to stages that do not exist are left out: such a program has errors and is only drawn. */
function emitRule(flow: Flow, stage: Stage, rule: Rule, leaves: (exit: string) => string): MachineTransition[] {
  const take: MachineAction = { type: 'take', params: { rule: rule.id } };
  const guard: MachineGuard = { type: guardType(rule), params: { rule: rule.id } };
  const { move } = rule;
  const to = (target: string, action: MachineAction): MachineTransition[] =>
    Object.hasOwn(flow.stages, target) ? [{ guard, target, reenter: true, actions: [take, action] }] : [];
  switch (move?.direction) {
    case undefined:
      return [{ guard, actions: [take] }];
    case 'advance':
    case 'return':
      return to(move.to, { type: 'enter', params: { stage: move.to, rule: rule.id } });
    case 'restart':
      return to(stage.name, { type: 'enter', params: { stage: stage.name, rule: rule.id } });
    case 'interrupt':
      return to(move.to, { type: 'interrupt', params: { stage: move.to, rule: rule.id } });
    case 'resume':
      return interruptedBy(flow, stage.name).map((back) => ({
        guard: { type: 'resumes', params: { rule: rule.id, stage: back } },
        target: back,
        reenter: true,
        actions: [take, { type: 'resume', params: { stage: back, rule: rule.id } }],
      }));
    case 'leave':
      return [
        {
          guard,
          target: leaves(move.as),
          reenter: true,
          actions: [take, { type: 'leave', params: { as: move.as, rule: rule.id } }],
        },
      ];
  }
}

function guardType(rule: Rule): MachineGuard['type'] {
  if (rule.trigger.kind === 'holds') return 'holds';
  return rule.trigger.kind === 'becomes' ? 'turned' : 'answers';
}

/** The stages from which `interrupt with name` can have come, in the order of the text. */
export function interruptedBy(flow: Flow, name: string): string[] {
  const interrupts = (rule: Rule) => rule.move?.direction === 'interrupt' && rule.move.to === name;
  const always = flow.anytime.some(interrupts);
  return flow.stageOrder.filter((from) => {
    const stage = flow.stages[from];
    if (stage === undefined || stage.final !== undefined) return false;
    return (always && from !== name) || stage.rules.some(interrupts);
  });
}
