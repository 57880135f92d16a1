/**
 * Programs over HTTP: which there are, their texts, publishing a new version; and the editor page.
 *
 * Everybody who is signed in may read; only operators publish. A text with mistakes is answered
 * with its diagnostics and their places, the very ones the editor and the command show, because
 * all three call the same `compile`. What a new version means for people inside is decided by the
 * control surface, never here.
 */
import type { Plugin } from '@hapi/hapi';
import type { Environment } from '../../compiler/compile.ts';
import { compileOne } from '../../compiler/compile-one.ts';
import type { Diagnostic } from '../../language/diagnostics.ts';
import { lineMap } from '../../language/position.ts';
import { Refusal, type SourceText } from '../../runtime/control.ts';
import { importedBy, importsMax } from '../../runtime/store/sources.ts';
import { isOperator, reader, requireOperator } from '../access.ts';
import { page } from '../page.ts';
import type { EditorPageData } from '../pages/editor-data.ts';
import type { ServerParts } from '../parts.ts';
import { problem } from '../problem.ts';
import { bodyReader } from '../read-body.ts';

/** The longest text that can be published, in characters: as long as the editor will check. */
export const sourceCharactersMax = 500_000;
/** The same as a JSON body in the worst spelling that is still ordinary text. */
const bodyBytesMax = 4 * sourceCharactersMax;
/** A person mends the first few; the rest come back with the next try. */
const diagnosticsMax = 100;
/** The longest path of an imported file, in characters. */
const pathLengthMax = 300;

/** `people`: what becomes of those inside an earlier version. */
const readSource = bodyReader<{ source: string; imports?: SourceText[]; people?: 'stay' | 'adopt' }>({
  type: 'object',
  additionalProperties: false,
  required: ['source'],
  properties: {
    source: { type: 'string', minLength: 1, maxLength: sourceCharactersMax },
    people: { enum: ['stay', 'adopt'] },
    imports: {
      type: 'array',
      maxItems: importsMax,
      items: {
        type: 'object',
        additionalProperties: false,
        required: ['path', 'text'],
        properties: {
          path: { type: 'string', minLength: 1, maxLength: pathLengthMax },
          text: { type: 'string', maxLength: sourceCharactersMax },
        },
      },
    },
  },
});

/**
 * A diagnostic as it goes over the wire: with line and column, both from 1, beside the offsets. `file` is
 * the path of an imported file, where it is in one.
 */
type PlacedDiagnostic = Diagnostic & { line: number; column: number; file?: string };

export const programs: Plugin<ServerParts> = {
  name: 'programs',
  dependencies: ['auth', 'assets'],
  register(server, { config, control, skills, readSkills }) {
    /** What a text is checked against besides itself: the same as when it is published. */
    const environment = async (): Promise<Environment> => ({ skills: await skills() });

    server.route([
      {
        method: 'GET',
        path: '/api/programs',
        handler: async () => ({ programs: await control.programs() }),
      },
      {
        method: 'GET',
        path: '/api/programs/{name}',
        async handler(request) {
          const { name, version, path, source, imports } = await control.programSource(readName(request.params.name));
          return { name, version, path, source, imports };
        },
      },
      {
        method: 'POST',
        path: '/api/programs/{name}/versions',
        options: { payload: { maxBytes: bodyBytesMax, allow: 'application/json' } },
        async handler(request, h) {
          const { person } = reader(request);
          requireOperator(config, person);
          const name = readName(request.params.name);
          const { source, imports: given, people = 'stay' } = readSource(request.payload);
          const known = await readOpen(name);
          const main = { path: known.path, text: source };
          const imports = importedBy(main, given ?? known.importable);
          const mistakes = check(main, imports, name, await environment());
          if (mistakes.length > 0) {
            const message =
              mistakes.length === 1
                ? 'The text has 1 error and was not published.'
                : `The text has ${mistakes.length} errors and was not published.`;
            return h
              .response({ error: { code: 'malformed', message, diagnostics: mistakes.slice(0, diagnosticsMax) } })
              .code(400);
          }
          const result = await control.publish({ source, path: main.path, imports, by: `person:${person.id}`, people });
          return h.response(result).code(result.fresh ? 201 : 200);
        },
      },
      {
        method: 'POST',
        path: '/api/programs/{name}/preview',
        options: { payload: { maxBytes: bodyBytesMax, allow: 'application/json' } },
        async handler(request) {
          const { person } = reader(request);
          requireOperator(config, person);
          const { path, importable } = await readOpen(readName(request.params.name));
          const { source, imports: given } = readSource(request.payload);
          const imports = importedBy({ path, text: source }, given ?? importable);
          return control.previewVersion({ source, path, imports });
        },
      },
      {
        method: 'GET',
        path: '/editor/{name?}',
        async handler(request, h) {
          const { person } = reader(request);
          const name = request.params.name === undefined ? null : readName(request.params.name);
          const [listed, open, known, read] = await Promise.all([
            control.programs(),
            name === null ? null : readOpen(name),
            environment(),
            readSkills(),
          ]);
          const data: EditorPageData = {
            programs: listed.map(({ name, title, about, version, active, finished }) => ({
              name,
              title,
              about,
              version,
              active,
              finished,
            })),
            open,
            environment: known.skills === undefined ? known : { ...known, skillTexts: read.texts },
            skills: read.skills,
            publishingRefused: isOperator(config, person) ? null : 'Only operators can publish.',
            person: { email: person.email },
            operator: isOperator(config, person),
          };
          const title = listed.find((one) => one.name === name)?.title ?? name ?? 'Programs';
          return h.response(await page(server.app.assets, { title, script: 'editor', data })).type('text/html');
        },
      },
    ]);

    /**
     * A program that is not published yet can be begun under its address. `importable`: what it imports, and
     * what other programs do.
     */
    async function readOpen(name: string): Promise<NonNullable<EditorPageData['open']>> {
      const shared = await control.importableFiles();
      try {
        const { version, path, source, imports } = await control.programSource(name);
        const own = new Set(imports.map((file) => file.path));
        return {
          name,
          version,
          path,
          source,
          importable: [...imports, ...shared.filter((file) => !own.has(file.path))],
        };
      } catch (error) {
        if (error instanceof Refusal && error.code === 'unknown-program')
          return { name, version: 0, path: `${name}.regimen`, source: '', importable: shared };
        throw error;
      }
    }
  },
};

/**
 * The errors of a text; a text that is sound but holds something else than this one program is refused in a sentence.
 */
function check(main: SourceText, imports: SourceText[], name: string, environment: Environment): PlacedDiagnostic[] {
  const { programs, wrong } = compileOne(main, imports, environment);
  const errors = wrong.flatMap(({ path, text, errors }) => {
    const lines = lineMap(text);
    return errors.map((one) => ({
      ...one,
      ...lines.position(one.span.start),
      ...(path === main.path ? {} : { file: path }),
    }));
  });
  if (errors.length > 0) return errors;
  const [first, second] = programs;
  if (first === undefined)
    throw problem(400, 'malformed', 'There is no program in this text. Begin it with: program name "Title" { … }');
  if (second !== undefined)
    throw problem(400, 'malformed', 'There are several programs in this text. Publish each from a text of its own.');
  if (first.ir.name !== name) {
    throw problem(
      400,
      'malformed',
      `This text is the program “${first.ir.name}”, not “${name}”. Publish it under its own name.`,
    );
  }
  return [];
}

/** Names come from addresses: anything that cannot be a program's name is simply not there. */
function readName(name: unknown): string {
  if (typeof name === 'string' && /^[\p{L}_][\p{L}\p{N}_]{0,99}$/u.test(name)) return name;
  throw new Refusal('unknown-program', 'There is no program of this name.');
}
