/**
 * The model for `regimen test --record`. In a file that is built apart: nothing else in testing needs
 * the vendor's library.
 */
import type { Agent } from '../runtime/services.ts';
import { readConfig } from '../server/config.ts';
import { createAnthropicAgent } from '../server/services/anthropic-agent.ts';
import { CommandProblem } from './command.ts';

/** The agent of this environment. Throws `CommandProblem` where there is no key. */
export function openModel(): Agent {
  const { config, problems } = readConfig(process.env, process.cwd());
  if (config === null) throw new CommandProblem(problems.join('\n       '));
  const { apiKey, baseUrl, model, smallModel } = config.anthropic;
  if (apiKey === null)
    throw new CommandProblem('--record lets a model talk, and there is no key for one. Set ANTHROPIC_API_KEY.');
  return createAnthropicAgent({ apiKey, baseURL: baseUrl, model, smallModel });
}
