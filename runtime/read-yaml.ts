/**
 * YAML → a value checked by a JSON Schema, with a sentence and a line for each mistake.
 *
 * Pure. Used for the two YAML texts of a skill; what the values mean is left to `skills.ts`. ajv
 * compiles a schema on its first use.
 */
import { Ajv, type ErrorObject, type ValidateFunction } from 'ajv';
import { isCollection, isNode, isPair, LineCounter, parseDocument } from 'yaml';

/** `line` counts from 1. */
export type SkillProblem = { file: string; line: number; message: string };
/** `lineOf` gives the line of the key or item at a path, or of the nearest thing around it. */
export type Read = { value: unknown; problems: SkillProblem[]; lineOf: (path: (string | number)[]) => number };

/** YAML → value, checked by a schema. `linesBefore` is how many lines of the file precede the text. */
export function readYaml(
  file: string,
  source: string,
  schema: 'failsafe' | 'core',
  shape: object,
  linesBefore: number,
): Read {
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
    .map((error) => ({ file, line: lineOf(pathOf(error)), message: schemaSentence(error) }));
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

function schemaSentence(error: ErrorObject): string {
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
      return `\`${params.additionalProperty}\` is not known here. You can write ${allowed.map((key) => `\`${key}\``).join(', ')}.`;
    }
    case 'required':
      return path.length === 0
        ? `The line \`${params.missingProperty}: …\` is missing.`
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
      return `${what} must be at least ${params.limit}.`;
    case 'maximum':
      return `${what} must be at most ${params.limit}.`;
    case 'pattern':
      return `${what} ${error.parentSchema?.description ?? 'cannot be written like this'}.`;
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

const distinct = (problems: SkillProblem[]): SkillProblem[] =>
  problems.filter(
    (one, index) => problems.findIndex((other) => other.line === one.line && other.message === one.message) === index,
  );
