/**
 * The shape of the XState machines that a program becomes.
 *
 * A config is plain JSON that stock `createMachine` accepts and Stately's tools can draw. It decides
 * *which* rule is taken and where the person goes; what a rule means for the facts is named by id
 * (`params.rule`) and implemented by the runtime's step, which provides the guards and the actions
 * listed here. A machine has no delays, no invoked actors and no clock.
 */

/** Guards the runtime provides. All read the facts, which are the machine's context; `answers` reads the event, too. */
export type MachineGuard = {
  /**
   * `holds`: a `holds` rule whose condition holds. `turned`: a `becomes` rule that has just turned true.
   * `answers`: any other rule whose condition (if any) held when its event came.
   * `resumes`: the visit set aside last was of `stage`. `begins`: what a track waits for has turned true.
   */
  type: 'holds' | 'turned' | 'answers' | 'resumes' | 'begins';
  params: { rule: string } | { rule: string; stage: string } | { track: string };
};

/** Actions the runtime provides; all are pure and only change the facts or say what should happen. */
export type MachineAction = {
  /**
   * `take`: perform the rule's effects and note that it was taken. `enter`: begin a visit of the stage.
   * `interrupt`: set the present visit aside, then begin a visit. `resume`: go back to the visit set aside.
   * `leave`: finish.
   */
  type: 'take' | 'enter' | 'interrupt' | 'resume' | 'leave';
  params: { rule?: string; stage?: string; as?: string; track?: string };
};

export type MachineTransition = {
  guard?: MachineGuard;
  target?: string;
  reenter?: boolean;
  actions: MachineAction[];
};

export type MachineState = {
  description?: string;
  type?: 'final' | 'parallel';
  on?: Record<string, MachineTransition[]>;
  always?: MachineTransition[];
  /** Where the person goes when everything inside has come to its end. */
  onDone?: { target: string };
  /** The first of `states`, where there are some and they do not run side by side. */
  initial?: string;
  states?: Record<string, MachineState>;
};

/**
 * Events: `command.<word>` (normalized, spaces as `_`), `recorded.<series>`, `check.<rule>` and
 * `reached.<rule>` (its moment has come), `decided.<proposal>.<yes|no>`, and `time` for everything else
 * that only asks to look again. Final states: each final stage, and `left_as_<name>` for each exit.
 */
export type MachineConfig = {
  id: string;
  initial: string;
  states: Record<string, MachineState>;
};

/** Everything a program becomes: its own machine, and for each list the one every item goes through. */
export type Machines = { program: MachineConfig; lists: Record<string, MachineConfig> };

/** The state a person is in after `leave as name`. Stages may not be called so. */
export const exitState = (name: string): string => `left_as_${name}`;
