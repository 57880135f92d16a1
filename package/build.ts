/**
 * Builds what is published, into `dist/`: `npm run build`, and by itself before `npm pack`.
 *
 * - `dist/regimen.cjs`: the command in one file, with every library that checking, formatting, testing
 *   and compiling need, so that these start fast and need nothing else.
 * - `dist/commands/*.js`: what needs the server, the database, a model or an editor's protocol. They
 *   use the installed packages, and the sources in the package for what is bundled for the browser.
 * - `dist/library.js` and `dist/types/`: the typed library.
 */
import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { globSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { basename, dirname, join, relative, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { type BuildOptions, build, type Plugin } from 'esbuild';

const root = resolve(import.meta.dirname, '..');
const dist = join(root, 'dist');

/** The commands in the one file: they need neither the server nor its database. */
const together = ['check', 'compile', 'cost', 'explain', 'fmt', 'init', 'plan', 'simulate', 'test'];

/**
 * What is in files of its own: every other command, the ways to a model and to the people, and what runs in threads.
 */
const apart = [
  ...globSync('*.ts', { cwd: join(root, 'cli/commands') })
    .map((path) => basename(path, '.ts'))
    .filter((name) => !together.includes(name))
    .map((name) => `commands/${name}`),
  'open-model',
  'plan-people',
  'population-worker',
];

const shared: BuildOptions = {
  absWorkingDir: root,
  bundle: true,
  platform: 'node',
  target: 'node24',
  minifySyntax: true,
  minifyWhitespace: true,
  legalComments: 'none',
  logLevel: 'warning',
};

/** In a bundle a module no longer lies where its source does, so what it says of its place is written out. */
function keepPlaces(outFolder: string, here: string): Plugin {
  return {
    name: 'keep-places',
    setup(build) {
      build.onLoad({ filter: /\.tsx?$/ }, ({ path }) => {
        const text = readFileSync(path, 'utf8');
        if (path.includes('node_modules') || !/import\.meta\.(url|dirname)/.test(text)) return undefined;
        const place = (target: string) =>
          `new URL(${JSON.stringify(relative(outFolder, target).replaceAll('\\', '/'))}, ${here})`;
        const contents = text
          .replaceAll('import.meta.url', `${place(path)}.href`)
          .replaceAll(
            'import.meta.dirname',
            `process.getBuiltinModule('node:url').fileURLToPath(${place(dirname(path))})`,
          );
        return { contents, loader: path.endsWith('x') ? 'tsx' : 'ts' };
      });
    },
  };
}

const loadedApart: Plugin = {
  name: 'loaded-apart',
  setup(build) {
    build.onResolve({ filter: /\.ts$/ }, ({ path, kind, resolveDir }) => {
      if (kind !== 'dynamic-import') return undefined;
      const name = relative(join(root, 'cli'), resolve(resolveDir, path)).replaceAll('\\', '/').replace(/\.ts$/, '');
      return apart.includes(name) ? { path: `./commands/${basename(name)}.js`, external: true } : undefined;
    });
  },
};

/** Where Node has a Temporal of its own, as the polyfill would find out, the polyfill is not even begun. */
const nativeTemporal: Plugin = {
  name: 'native-temporal',
  setup(build) {
    const polyfill = fileURLToPath(import.meta.resolve('temporal-polyfill'));
    build.onResolve({ filter: /^temporal-polyfill$/ }, () => ({ path: 'temporal', namespace: 'native-temporal' }));
    build.onLoad({ filter: /.*/, namespace: 'native-temporal' }, () => ({
      contents: `export const Temporal = globalThis.Temporal ?? require(${JSON.stringify(polyfill)}).Temporal;`,
      resolveDir: root,
    }));
  },
};

/** Builds the command in one file into a folder, from where it finds what lies beside it in the package. */
export async function buildCommand(folder: string): Promise<void> {
  const here = '__here';
  const { outputFiles } = await build({
    ...shared,
    entryPoints: ['cli/start.ts'],
    outfile: join(folder, 'regimen.cjs'),
    write: false,
    format: 'cjs',
    minifyIdentifiers: false,
    banner: { js: `const ${here} = require('node:url').pathToFileURL(__filename).href;` },
    plugins: [loadedApart, nativeTemporal, keepPlaces(folder, here)],
  });
  for (const { path, text } of outputFiles) {
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, stamped(inAscii(text)));
  }
}

/** What is left beyond ASCII stands in patterns. With one such character, V8 takes two bytes for each of the file. */
const inAscii = (text: string): string =>
  text.replace(/[^\0-\x7f]/g, (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`);

/** The first line tells one build from another, for `bin.cjs`, which keeps the machine's code of each. */
const stamped = (text: string): string => `//${createHash('sha256').update(text).digest('hex').slice(0, 32)}\n${text}`;

async function buildApart(): Promise<void> {
  const folder = join(dist, 'commands');
  await build({
    ...shared,
    entryPoints: Object.fromEntries(apart.map((name) => [basename(name), `cli/${name}.ts`])),
    outdir: folder,
    format: 'esm',
    splitting: true,
    chunkNames: 'part-[hash]',
    packages: 'external',
    plugins: [keepPlaces(folder, 'import.meta.url')],
  });
}

async function buildLibrary(): Promise<void> {
  await build({
    ...shared,
    entryPoints: ['package/library.ts'],
    outfile: 'dist/library.js',
    format: 'esm',
    platform: 'neutral',
    packages: 'external',
    minifyWhitespace: false,
    minifySyntax: false,
  });
}

function buildTypes(): void {
  const compiler = createRequire(import.meta.url).resolve('typescript/package.json');
  const { bin } = JSON.parse(readFileSync(compiler, 'utf8')) as { bin: { tsc: string } };
  execFileSync(process.execPath, [join(dirname(compiler), bin.tsc), '--project', join(root, 'package')], {
    stdio: 'inherit',
  });
}

if (import.meta.main) {
  rmSync(dist, { recursive: true, force: true });
  await Promise.all([buildCommand(dist), buildApart(), buildLibrary()]);
  buildTypes();
}
