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
  lsp: {
    summary: 'the language server, for any editor',
    load: () => import('./commands/lsp.ts').then(({ lsp }) => lsp),
  },
} as const satisfies Record<string, { summary: string; load: () => Promise<Command> }>;
