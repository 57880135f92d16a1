/**
 * Reads a skill folder: `SKILL.md` in the Agent Skills format, and `scripted.yaml` beside it.
 *
 * Pure: the caller hands in the texts and keeps the disk to itself. Every problem names the file,
 * the line and what to write instead; a skill with a problem is not handed out, because a skill that
 * is half understood would be half followed. ajv compiles its schemas on first use: a page whose
 * content policy forbids `eval` may import this file but must not call `readSkill`.
 */
import { readYaml, type SkillProblem } from './read-yaml.ts';
import type { Skill, SkillScript } from './services.ts';
import { hearingProblems } from './skill-hearings.ts';

export type { SkillProblem };

export type SkillFiles = { 'SKILL.md': string; 'scripted.yaml'?: string };

/** Longer files are refused: a skill is read by a model on every run. */
export const skillFileLengthMax = 64_000;
const skillProblemsMax = 20;

const text = { type: 'string', minLength: 1, maxLength: 2000 };
const lines = { type: 'array', minItems: 1, maxItems: 50, items: text };
/** In YAML `minutes: 28` is a number; what is set is read as the field's type later, from its text. */
const scalar = { type: ['string', 'number', 'boolean'] };
/** A pattern's `description` is how its sentence goes on after the key. */
const word = {
  pattern: '^[a-z][a-z0-9_]*$',
  description: 'must be a name as it stands in the program: lower-case letters, digits and underscores',
};

const frontMatterSchema = {
  type: 'object',
  additionalProperties: false,
  required: ['name', 'description'],
  properties: {
    name: {
      type: 'string',
      minLength: 1,
      maxLength: 64,
      pattern: '^[a-z0-9]+(-[a-z0-9]+)*$',
      description: 'may hold only lower-case letters a to z, digits and single hyphens between them',
    },
    description: { type: 'string', minLength: 1, maxLength: 1024 },
    license: { type: 'string' },
    compatibility: { type: 'string', minLength: 1, maxLength: 500 },
    metadata: { type: 'object', additionalProperties: { type: 'string' } },
    'allowed-tools': { type: 'string' },
  },
};

const scriptSchema = {
  type: 'object',
  additionalProperties: false,
  properties: {
    welcome: lines,
    review: lines,
    nudge: lines,
    reply: lines,
    say: lines,
    hear: {
      type: 'array',
      maxItems: 100,
      items: {
        type: 'object',
        additionalProperties: false,
        required: ['match'],
        properties: {
          match: { type: 'string', minLength: 1, maxLength: 500 },
          say: lines,
          set: { type: 'object', minProperties: 1, propertyNames: word, additionalProperties: scalar },
          record: {
            type: 'object',
            additionalProperties: false,
            required: ['series', 'fields'],
            properties: {
              series: { type: 'string', ...word },
              fields: { type: 'object', propertyNames: word, additionalProperties: scalar },
            },
          },
          judge: {
            type: 'object',
            additionalProperties: false,
            required: ['holds', 'confidence'],
            properties: { holds: { type: 'boolean' }, confidence: { type: 'number', minimum: 0, maximum: 1 } },
          },
        },
      },
    },
  },
};

/**
 * The skill in these files. `name` is as programs write it (`run_coach`); its folder is `run-coach`.
 * `version` identifies the contents and is kept with each run; the caller hashes, as it has the bytes.
 */
export function readSkill(
  name: string,
  files: SkillFiles,
  version = 'unversioned',
): { skill?: Skill; problems: SkillProblem[] } {
  const front = readFrontMatter(name, files['SKILL.md']);
  const script = files['scripted.yaml'] === undefined ? undefined : readScript(files['scripted.yaml']);
  const problems = [...front.problems, ...(script?.problems ?? [])].slice(0, skillProblemsMax);
  if (problems.length > 0) return { problems };
  return {
    skill: {
      name,
      description: front.description.trim(),
      body: front.body,
      ...(script?.script ? { script: script.script } : {}),
      version,
    },
    problems,
  };
}

/** The folder of a skill: `run_coach` lives in `run-coach`. */
export const skillFolder = (name: string): string => name.replaceAll('_', '-');

function readFrontMatter(
  name: string,
  source: string,
): { description: string; body: string; problems: SkillProblem[] } {
  const file = 'SKILL.md';
  const nothing = { description: '', body: '' };
  if (source.length > skillFileLengthMax) return { ...nothing, problems: [tooLong(file)] };
  const text = source.replace(/^\uFEFF/, '').replaceAll('\r\n', '\n');
  const fence = /^---[ \t]*\n([\s\S]*?)(?:^|\n)---[ \t]*(?:\n|$)/.exec(text);
  if (!text.startsWith('---') || fence === null) {
    const message = text.startsWith('---')
      ? 'The block between the two `---` lines has no end: write `---` on a line of its own after the last key.'
      : `A skill begins with a block between two \`---\` lines that holds \`name: ${skillFolder(name)}\` and \`description: …\`.`;
    return { ...nothing, problems: [{ file, line: 1, message }] };
  }
  // The failsafe schema leaves every scalar a string, as the format's reference reader does.
  const read = readYaml(file, fence[1] ?? '', 'failsafe', frontMatterSchema, 1);
  const problems = read.problems;
  const values = read.value as { name?: unknown; description?: unknown } | null;
  if (problems.length === 0 && values?.name !== skillFolder(name)) {
    problems.push({
      file,
      line: read.lineOf(['name']),
      message: `The name is \`${String(values?.name)}\`, but the folder is \`${skillFolder(name)}\`: both must be the same.`,
    });
  }
  const body = text.slice(fence[0].length).trim();
  if (problems.length === 0 && body === '') {
    problems.push({
      file,
      line: text.slice(0, fence[0].length).trimEnd().split('\n').length,
      message: 'There is nothing after the block: write below it how the agent is to talk.',
    });
  }
  return { description: String(values?.description ?? ''), body, problems };
}

function readScript(source: string): { script?: SkillScript; problems: SkillProblem[] } {
  const file = 'scripted.yaml';
  if (source.length > skillFileLengthMax) return { problems: [tooLong(file)] };
  const read = readYaml(file, source, 'core', scriptSchema, 0);
  if (read.problems.length > 0) return { problems: read.problems };
  const script = (read.value ?? {}) as SkillScript;
  for (const hearing of script.hear ?? []) {
    if (hearing.set) hearing.set = texts(hearing.set);
    if (hearing.record) hearing.record.fields = texts(hearing.record.fields);
  }
  const problems = hearingProblems(script.hear ?? []).map((problem) => ({
    file,
    line: read.lineOf(['hear', problem.index, ...problem.path]),
    message: problem.message,
  }));
  return problems.length > 0 ? { problems } : { script, problems };
}

const texts = (fields: Record<string, unknown>): Record<string, string> =>
  Object.fromEntries(Object.entries(fields).map(([key, value]) => [key, String(value)]));

const tooLong = (file: string): SkillProblem => ({
  file,
  line: 1,
  message: `${file} is longer than ${skillFileLengthMax} characters: move what is rarely needed out of it.`,
});
