/**
 * Reads a skill folder: `SKILL.md` in the Agent Skills format, and `scripted.yaml` beside it.
 *
 * Pure: the caller hands in the texts and keeps the disk to itself. Every problem names the file,
 * the line and what to write instead; a skill with a problem is not handed out, because a skill that
 * is half understood would be half followed. ajv compiles its schemas on first use: a page whose
 * content policy forbids `eval` may import this file but must not call `readSkill`.
 */
import { Ajv, type ErrorObject, type ValidateFunction } from 'ajv';
import { isCollection, isNode, isPair, LineCounter, parseDocument } from 'yaml';
import type { Skill, SkillScript } from './services.ts';
import { hearingProblems } from './skill-hearings.ts';

/** `line` counts from 1. */
export type SkillProblem = { file: string; line: number; message: string };
export type SkillFiles = { 'SKILL.md': string; 'scripted.yaml'?: string };

/** Longer files are refused: a skill is read by a model on every run. */
export const skillFileLengthMax = 64_000;
const skillProblemsMax = 20;

const text = { type: 'string', minLength: 1, maxLength: 2000 };
const lines = { type: 'array', minItems: 1, maxItems: 50, items: text };
/** In YAML `minutes: 28` is a number; what is set is read as the field's type later, from its text. */
const scalar = { type: ['string', 'number', 'boolean'] };
const word = '^[a-z][a-z0-9_]*$';

const frontMatterSchema = {
  type: 'object',
  additionalProperties: false,
  required: ['name', 'description'],
  properties: {
    name: { type: 'string', minLength: 1, maxLength: 64, pattern: '^[a-z0-9]+(-[a-z0-9]+)*$' },
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
          set: { type: 'object', minProperties: 1, propertyNames: { pattern: word }, additionalProperties: scalar },
          record: {
            type: 'object',
            additionalProperties: false,
            required: ['series', 'fields'],
            properties: {
              series: { type: 'string', pattern: word },
              fields: { type: 'object', propertyNames: { pattern: word }, additionalProperties: scalar },
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

type Read = { value: unknown; problems: SkillProblem[]; lineOf: (path: (string | number)[]) => number };

/** YAML → value, checked by a schema. `linesBefore` is how many lines of the file precede the text. */
function readYaml(file: string, source: string, schema: 'failsafe' | 'core', shape: object, linesBefore: number): Read {
  const counter = new LineCounter();
  const document = parseDocument(source, { schema, lineCounter: counter, uniqueKeys: true, strict: true });
  const lineAt = (offset: number) => counter.linePos(offset).line + linesBefore;
  const lineOf = (path: (string | number)[]): number => {
    for (let length = path.length; length > 0; length--) {
      const offset = keyOffset(document.contents, path.slice(0, length));
      if (offset !== null) return lineAt(offset);
    }
    return 1 + linesBefore;
  };
  if (document.errors.length > 0) {
    const problems = document.errors.map((error) => ({
      file,
      line: lineAt(error.pos[0]),
      message: yamlSentence(error.code, error.message),
    }));
    return { value: null, problems, lineOf };
  }
  let value: unknown;
  try {
    value = document.toJS({ maxAliasCount: 50 });
  } catch {
    return {
      value: null,
      problems: [{ file, line: 1 + linesBefore, message: 'Too many aliases (`*name`): write the values out.' }],
      lineOf,
    };
  }
  const check = validator(shape);
  if (check(value ?? {})) return { value, problems: [], lineOf };
  const problems = (check.errors ?? [])
    .filter((error) => error.keyword !== 'propertyNames')
    .map((error) => ({ file, line: lineOf(pathOf(error)), message: schemaSentence(error, shape) }));
  return { value, problems: distinct(problems), lineOf };
}

/** Where the key (or the item) at this path begins. */
function keyOffset(contents: unknown, path: (string | number)[]): number | null {
  let node: unknown = contents;
  let offset: number | null = null;
  for (const step of path) {
    if (!isCollection(node)) return null;
    // Comparing as text finds a key that is written as a number, too.
    const pair = node.items.find((item) => isPair(item) && isNode(item.key) && String(item.key) === String(step));
    if (pair !== undefined && isPair(pair)) {
      offset = isNode(pair.key) ? (pair.key.range?.[0] ?? null) : null;
      node = pair.value;
    } else {
      node = typeof step === 'number' ? node.items[step] : undefined;
      offset = isNode(node) ? (node.range?.[0] ?? null) : null;
    }
    if (offset === null) return null;
  }
  return offset;
}

function pathOf(error: ErrorObject): (string | number)[] {
  const steps = error.instancePath
    .split('/')
    .slice(1)
    .map((step) => step.replaceAll('~1', '/').replaceAll('~0', '~'))
    .map((step) => (/^\d+$/.test(step) ? Number(step) : step));
  const extra = error.params.additionalProperty ?? error.propertyName;
  return typeof extra === 'string' ? [...steps, extra] : steps;
}

function schemaSentence(error: ErrorObject, shape: object): string {
  const path = pathOf(error);
  const last = path.at(-1);
  const what =
    typeof last === 'number'
      ? `Item ${last + 1} of \`${String(path.at(-2))}\``
      : last === undefined
        ? 'The file'
        : `\`${last}\``;
  const { params } = error;
  switch (error.keyword) {
    case 'additionalProperties': {
      const allowed = Object.keys((error.parentSchema as { properties?: object } | undefined)?.properties ?? {});
      return `\`${params.additionalProperty}\` is not known here. What can stand here: ${allowed.map((key) => `\`${key}\``).join(', ')}.`;
    }
    case 'required':
      return path.length === 0 && shape === frontMatterSchema
        ? `The line \`${params.missingProperty}: …\` is missing from the block between the \`---\` lines.`
        : `${what} needs \`${params.missingProperty}\`.`;
    case 'type':
      return `${what} must be ${kindName(params.type)}.`;
    case 'minLength':
    case 'minItems':
    case 'minProperties':
      return `${what} is empty: write something or leave the key out.`;
    case 'maxLength':
      return `${what} is longer than ${params.limit} characters: shorten it.`;
    case 'maxItems':
      return `${what} has more than ${params.limit} items: keep the best ones.`;
    case 'minimum':
    case 'maximum':
      return `${what} must be between 0 and 1.`;
    case 'pattern':
      return shape === frontMatterSchema
        ? `${what} may hold only lower-case letters a to z, digits and single hyphens between them.`
        : `${what} must be a name as it stands in the program: lower-case letters, digits and underscores.`;
    default:
      return `${what} cannot be used: ${error.message ?? error.keyword}.`;
  }
}

const kindName = (type: unknown): string => {
  const names: Record<string, string> = {
    string: 'a text',
    array: 'a list (lines that begin with `- `)',
    object: 'a group of keys',
    boolean: '`true` or `false`',
    number: 'a number',
  };
  return Array.isArray(type)
    ? 'a text, a number, `true` or `false`'
    : (names[String(type)] ?? `of type ${String(type)}`);
};

function yamlSentence(code: string, message: string): string {
  if (code === 'DUPLICATE_KEY') return 'This key stands here twice: keep one of them.';
  const first = (message.split('\n')[0] ?? message).replace(/ at line \d+, column \d+:?$/, '');
  const hint =
    code === 'BLOCK_AS_IMPLICIT_KEY' || /implicit|mapping/i.test(first)
      ? ' If the text holds a colon, put it in quotes.'
      : '';
  return `This is not valid YAML: ${first}.${hint}`;
}

const validators = new Map<object, ValidateFunction>();
function validator(schema: object): ValidateFunction {
  const known = validators.get(schema);
  if (known) return known;
  const made = new Ajv({ allErrors: true, verbose: true, allowUnionTypes: true }).compile(schema);
  validators.set(schema, made);
  return made;
}

const texts = (fields: Record<string, unknown>): Record<string, string> =>
  Object.fromEntries(Object.entries(fields).map(([key, value]) => [key, String(value)]));

const distinct = (problems: SkillProblem[]): SkillProblem[] =>
  problems.filter(
    (one, index) => problems.findIndex((other) => other.line === one.line && other.message === one.message) === index,
  );

const tooLong = (file: string): SkillProblem => ({
  file,
  line: 1,
  message: `${file} is longer than ${skillFileLengthMax} characters: move what is rarely needed out of it.`,
});
