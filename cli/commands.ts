/**
 * The register of commands, in the order of the help. One file each in `commands/`, loaded when the
 * command is run: `check` does not wait for the server's code, and works where that is not installed.
 */
import type { Command } from './command.ts';

export type CommandName = keyof typeof commands;

export const commands = {
  init: { summary: 'make a new project', load: () => import('./commands/init.ts').then(({ init }) => init) },
  dev: { summary: 'run everything on this machine', load: () => import('./commands/dev.ts').then(({ dev }) => dev) },
  check: {
    summary: 'say what is wrong in programs, scenarios and skills',
    load: () => import('./commands/check.ts').then(({ check }) => check),
  },
  explain: {
    summary: 'what a diagnostic means, with an example that fails and one that works',
    load: () => import('./commands/explain.ts').then(({ explain }) => explain),
  },
  fmt: {
    summary: 'format programs and scenarios',
    load: () => import('./commands/fmt.ts').then(({ fmt }) => fmt),
  },
  test: {
    summary: 'run scenarios on a virtual clock',
    load: () => import('./commands/test.ts').then(({ test }) => test),
  },
  compile: {
    summary: 'turn a program into data, a state machine, a picture or tool schemas',
    load: () => import('./commands/compile.ts').then(({ compile }) => compile),
  },
  cost: {
    summary: 'what a program costs for each person and month',
    load: () => import('./commands/cost.ts').then(({ cost }) => cost),
  },
  simulate: {
    summary: 'send simulated people through a program',
    load: () => import('./commands/simulate.ts').then(({ simulate }) => simulate),
  },
  plan: {
    summary: 'what a new version means for the people in the old one',
    load: () => import('./commands/plan.ts').then(({ plan }) => plan),
  },
  chat: {
    summary: 'talk to a program in the terminal, or play a transcript',
    load: () => import('./commands/chat.ts').then(({ chat }) => chat),
  },
  clock: {
    summary: 'read the development clock, or move it forward',
    load: () => import('./commands/clock.ts').then(({ clock }) => clock),
  },
  why: {
    summary: 'why somebody is where they are, and what the next days bring',
    load: () => import('./commands/why.ts').then(({ why }) => why),
  },
  replay: {
    summary: 'rebuild enrollments from their timelines and compare',
    load: () => import('./commands/replay.ts').then(({ replay }) => replay),
  },
  backtest: {
    summary: 'whose way a changed program would have changed',
    load: () => import('./commands/backtest.ts').then(({ backtest }) => backtest),
  },
  server: {
    summary: 'serve pages and the control surface, for more than one machine',
    load: () => import('./commands/server.ts').then(({ server }) => server),
  },
  worker: {
    summary: 'do the work, for more than one machine',
    load: () => import('./commands/worker.ts').then(({ worker }) => worker),
  },
  migrate: {
    summary: 'bring the database to the shape this version needs',
    load: () => import('./commands/migrate.ts').then(({ migrate }) => migrate),
  },
  erase: {
    summary: 'take a person out: what their programs went through stays, of nobody',
    load: () => import('./commands/erase.ts').then(({ erase }) => erase),
  },
  export: {
    summary: 'write one enrollment as a document',
    load: () => import('./commands/export.ts').then(({ exportCommand }) => exportCommand),
  },
  import: {
    summary: 'bring an exported enrollment in',
    load: () => import('./commands/import.ts').then(({ importCommand }) => importCommand),
  },
  workspaces: {
    summary: 'make workspaces, and list those there are',
    load: () => import('./commands/workspaces.ts').then(({ workspaces }) => workspaces),
  },
  keys: {
    summary: 'make, list and revoke the keys of services',
    load: () => import('./commands/keys.ts').then(({ keys }) => keys),
  },
  lsp: {
    summary: 'the language server, for any editor',
    load: () => import('./commands/lsp.ts').then(({ lsp }) => lsp),
  },
} as const satisfies Record<string, { summary: string; load: () => Promise<Command> }>;
