/**
 * The agent that speaks with an Anthropic model: a loop of turns with tools, by hand.
 *
 * What the model does is collected as a proposal and handed back at the end; nothing is applied on
 * the way, so a run that breaks off leaves nothing half done. Routine speech (reviews, nudges) goes
 * to the small model, everything that answers a person or follows a change to the larger one. Every
 * loop has a named limit; what a broken run cost is in the problem it throws.
 */
import type Anthropic from '@anthropic-ai/sdk';
import type { RunReason } from '../../runtime/facts.ts';
import { type Agent, AgentProblem, type RunUsage } from '../../runtime/services.ts';
import { type Hands, openHands, type ToolAnswer, type ToolCall } from './agent-hands.ts';
import { writePrompt } from './agent-prompt.ts';
import { type AnthropicSettings, type CallLimits, callLimits, createCall } from './anthropic-call.ts';
import { priceOf, promptTokens, type TokenCounts } from './prices.ts';

/** Requests in one run, mended turns counted. */
export const roundsMax = 6;
/** Tokens of one answer; after an answer that was cut short, the larger number once. */
const answerTokensMax = 2048;
const answerTokensLarge = 8192;
/** What the model is told of one tool call, in characters. */
const toolAnswerLengthMax = 1000;

const routine: readonly RunReason[] = ['review', 'nudge'];
/** In these runs somebody waits for words; in a review silence may be right. */
const mustSpeak = (reason: RunReason): boolean => reason !== 'review';

export type AnthropicAgentSettings = AnthropicSettings & {
  model: string;
  smallModel: string;
  limits?: CallLimits;
  /** The machine's clock, for prices; programs' clocks may run ahead. */
  machineNow?: () => number;
};

/** Throws when the key is empty. `run` throws `AgentProblem` only. */
export function createAnthropicAgent(settings: AnthropicAgentSettings): Agent {
  const call = createCall(settings, settings.limits ?? callLimits);
  const machineNow = settings.machineNow ?? Date.now;
  return {
    kind: 'anthropic',
    async run(context, signal) {
      const model = routine.includes(context.reason) ? settings.smallModel : settings.model;
      const hands = openHands(context);
      const usage: RunUsage = { model, inputTokens: 0, outputTokens: 0, usd: 0, toolCalls: [] };
      try {
        const prompt = writePrompt(context, hands.tools);
        await converse(
          { hands, signal, speak: mustSpeak(context.reason) },
          prompt.messages,
          async (messages, max_tokens) => {
            const message = await call({ ...prompt, messages, model, max_tokens }, signal);
            count(usage, message.usage, model, machineNow());
            return message;
          },
        );
        return { result: hands.proposal(), usage: { ...usage, toolCalls: hands.calls() } };
      } catch (error) {
        if (!(error instanceof AgentProblem)) throw error;
        const spent = usage.inputTokens + usage.outputTokens > 0 || hands.calls().length > 0;
        throw new AgentProblem(error.message, {
          again: error.again,
          retryAfterMs: error.retryAfterMs,
          usage: spent ? { ...usage, toolCalls: hands.calls() } : null,
        });
      }
    },
  };
}

type Ask = (messages: Anthropic.MessageParam[], maxTokens: number) => Promise<Anthropic.Message>;
type Run = { hands: Hands; signal: AbortSignal; speak: boolean };

/** Turns until the model has done what was asked. Resolves when `hands` hold a complete proposal. */
async function converse({ hands, signal, speak }: Run, opening: Anthropic.MessageParam[], ask: Ask): Promise<void> {
  const messages = [...opening];
  let maxTokens = answerTokensMax;
  let reminded = false;
  for (let round = 1; round <= roundsMax; round++) {
    if (signal.aborted) throw new AgentProblem('The run was stopped before it was done.', { again: true });
    const message = await ask(messages, maxTokens);
    switch (message.stop_reason) {
      case 'tool_use': {
        const calls = message.content
          .filter((block) => block.type === 'tool_use')
          .map(({ id, name, input }): ToolCall => ({ id, name, input }));
        if (calls.length === 0)
          throw new AgentProblem('The model announced a tool call and made none.', { again: true });
        const answers = hands.take(calls);
        // Words are the end of a run: asking again only to hear “done” would be paid for.
        if (answers.every((answer) => answer.ok) && calls.some((one) => one.name === 'say')) return;
        messages.push(
          { role: 'assistant', content: message.content },
          { role: 'user', content: answers.map(toolResult) },
        );
        break;
      }
      case 'end_turn':
      case 'stop_sequence':
        if (!speak || hands.proposal().says.length > 0) return;
        if (reminded)
          throw new AgentProblem('The model said nothing to the person, although it was reminded.', { again: true });
        reminded = true;
        // An empty turn cannot be sent back.
        if (message.content.length > 0) messages.push({ role: 'assistant', content: message.content });
        addToUser(
          messages,
          '<regimen>Nothing has reached the person yet: only the tool say does. Call it now.</regimen>',
        );
        break;
      case 'pause_turn':
        messages.push({ role: 'assistant', content: message.content });
        break;
      case 'max_tokens':
        // A tool call that was cut may be missing its end, so nothing of this turn is taken.
        if (maxTokens === answerTokensLarge) {
          throw new AgentProblem(
            `The model's answer was longer than ${answerTokensLarge} tokens, twice what was wanted and more.`,
            { again: false },
          );
        }
        maxTokens = answerTokensLarge;
        break;
      case 'refusal': {
        const category = message.stop_details?.category;
        throw new AgentProblem(
          `The model declined to answer${category ? ` (${category.replaceAll('_', ' ')})` : ''}. A person should look at this conversation.`,
          { again: false },
        );
      }
      case 'model_context_window_exceeded':
        throw new AgentProblem(
          'The conversation and the skill together are too long for the model: shorten the skill.',
          { again: false },
        );
      default:
        throw new AgentProblem(
          `The model stopped for a reason that is not known here (${String(message.stop_reason).slice(0, 40)}).`,
          { again: true },
        );
    }
  }
  throw new AgentProblem(`The model did not finish within ${roundsMax} rounds.`, { again: true });
}

function toolResult(answer: ToolAnswer): Anthropic.ToolResultBlockParam {
  const content =
    answer.text.length <= toolAnswerLengthMax ? answer.text : `${answer.text.slice(0, toolAnswerLengthMax)}…`;
  return { type: 'tool_result', tool_use_id: answer.id, content, ...(answer.ok ? {} : { is_error: true }) };
}

/** Roles must alternate: after an empty turn the words join the turn that stands there. */
function addToUser(messages: Anthropic.MessageParam[], text: string): void {
  const last = messages.at(-1);
  if (last?.role !== 'user') {
    messages.push({ role: 'user', content: text });
    return;
  }
  const content = typeof last.content === 'string' ? [{ type: 'text' as const, text: last.content }] : last.content;
  messages[messages.length - 1] = { role: 'user', content: [...content, { type: 'text', text }] };
}

function count(usage: RunUsage, given: Anthropic.Usage, model: string, at: number): void {
  const written1h = given.cache_creation?.ephemeral_1h_input_tokens ?? 0;
  const tokens: TokenCounts = {
    input: given.input_tokens,
    output: given.output_tokens,
    cacheRead: given.cache_read_input_tokens ?? 0,
    cacheWrite1h: written1h,
    cacheWrite5m:
      given.cache_creation?.ephemeral_5m_input_tokens ??
      Math.max(0, (given.cache_creation_input_tokens ?? 0) - written1h),
  };
  usage.inputTokens += promptTokens(tokens);
  usage.outputTokens += tokens.output;
  usage.usd += priceOf(model, tokens, at).usd;
}
