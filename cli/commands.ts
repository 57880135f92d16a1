/**
 * The register of commands, in the order of the help. One file each in `commands/`.
 */
import type { Command } from './command.ts';

export const commands = {
  dev: () => import('./commands/dev.ts').then(({ dev }) => dev),
  check: () => import('./commands/check.ts').then(({ check }) => check),
  explain: () => import('./commands/explain.ts').then(({ explain }) => explain),
  fmt: () => import('./commands/fmt.ts').then(({ fmt }) => fmt),
  test: () => import('./commands/test.ts').then(({ test }) => test),
  compile: () => import('./commands/compile.ts').then(({ compile }) => compile),
  chat: () => import('./commands/chat.ts').then(({ chat }) => chat),
  clock: () => import('./commands/clock.ts').then(({ clock }) => clock),
} as const satisfies Record<string, () => Promise<Command>>;

export function loadCommand(name: keyof typeof commands): Promise<Command> {
  return commands[name]();
}
