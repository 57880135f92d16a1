/**
 * Recordings beside scenarios: `walk.recorded.json` holds what a model did in the stories of
 * `walk.scenario`, by title.
 */
import { existsSync, writeFileSync } from 'node:fs';
import type { RecordedRun } from '../runtime/recorded-agent.ts';
import { CommandProblem } from './command.ts';
import { readText, reason, type SourceFile } from './find-files.ts';

export type Recordings = Record<string, RecordedRun[]>;

/** Changes when the shape does. */
const recordingsVersion = 1;

export const recordingsPath = (scenarios: string): string => scenarios.replace(/\.[^./\\]*$/, '.recorded.json');

/**
 * What is recorded beside this file; nothing where there is no recording. Throws `CommandProblem` for one that cannot
 * be read.
 */
export async function readRecordings(file: Pick<SourceFile, 'path' | 'absolute'>): Promise<Recordings> {
  const absolute = recordingsPath(file.absolute);
  if (!existsSync(absolute)) return {};
  const path = recordingsPath(file.path);
  let value: unknown;
  try {
    value = JSON.parse(readText({ path, absolute }));
  } catch (error) {
    if (error instanceof CommandProblem) throw error;
    throw new CommandProblem(`${path} is not JSON: ${(error as Error).message}. Record it again with --record.`);
  }
  const { Ajv } = await import('ajv');
  const validate = new Ajv().compile(schema);
  if (!validate(value)) {
    const at = validate.errors?.[0];
    throw new CommandProblem(
      `${path} is not a recording: ${at?.instancePath || 'its top'} ${at?.message ?? 'is wrong'}. Record it again with --record.`,
    );
  }
  return (value as { scenarios: Recordings }).scenarios;
}

export function writeRecordings(file: Pick<SourceFile, 'path' | 'absolute'>, scenarios: Recordings): void {
  const sorted = Object.fromEntries(Object.entries(scenarios).sort(([a], [b]) => (a < b ? -1 : 1)));
  try {
    writeFileSync(
      recordingsPath(file.absolute),
      `${JSON.stringify({ version: recordingsVersion, scenarios: sorted }, null, 2)}\n`,
    );
  } catch (error) {
    throw new CommandProblem(`${recordingsPath(file.path)} cannot be written: ${reason(error)}.`, 1);
  }
}

const text = { type: 'string' };
const list = (items: object) => ({ type: 'array', items });
/** What a run sets is checked where it is applied, as with any agent. */
const schema = {
  type: 'object',
  required: ['version', 'scenarios'],
  properties: {
    version: { const: recordingsVersion },
    scenarios: {
      type: 'object',
      additionalProperties: list({
        type: 'object',
        required: ['stage', 'reason', 'heard', 'result'],
        properties: {
          stage: text,
          reason: { enum: ['reply', 'review', 'nudge', 'say'] },
          heard: { type: 'string', nullable: true },
          result: {
            type: 'object',
            required: ['says', 'sets', 'records', 'judgements', 'author'],
            properties: {
              says: list(text),
              sets: list({ type: 'object', required: ['field', 'value'] }),
              records: list({ type: 'object', required: ['series', 'fields'] }),
              judgements: list({ type: 'object', required: ['criterion', 'holds', 'confidence', 'quotes'] }),
              author: { enum: ['program', 'agent', 'scripted-agent'] },
            },
          },
        },
      }),
    },
  },
};
