/**
 * The configuration for a command: variables, and options of the same meaning, which win over them.
 */
import type { Config } from '../server/config.ts';
import { CommandProblem, type Given } from './command.ts';
import { textOption } from './read-arguments.ts';

/** Which option stands for which variable. */
const variables = { port: 'REGIMEN_PORT', host: 'REGIMEN_HOST', data: 'REGIMEN_DATA', workspace: 'REGIMEN_WORKSPACE' };

/** Reads the configuration. Throws `CommandProblem` with every problem at once. */
export async function loadSettings(given: Given): Promise<Config> {
  const { ConfigProblem, loadConfig } = await import('../server/config.ts');
  const port = textOption(given, 'port');
  if (port !== undefined && (!/^\d+$/.test(port) || Number(port) > 65_535))
    throw new CommandProblem(`--port takes a whole number from 0 to 65535, and ${JSON.stringify(port)} is not one.`);
  const environment = { ...process.env };
  for (const [option, variable] of Object.entries(variables)) {
    const value = textOption(given, option);
    if (value !== undefined) environment[variable] = value;
  }
  return loadConfig(environment, process.cwd()).catch((error: unknown) => {
    throw error instanceof ConfigProblem ? new CommandProblem(error.problems.join('\n       ')) : error;
  });
}
