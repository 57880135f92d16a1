/**
 * The browser's code: bundled by esbuild when it is first asked for, so that nobody runs a build.
 *
 * Promises: each entry is bundled once and kept in memory; in development it is bundled again when
 * one of its own source files (not those of installed packages) has changed; an address that
 * carries the hash of its content may be kept for ever. Entries are independent: the first page
 * never waits for the editor's. A bundle that cannot be made is an error naming file and line.
 */
import { createHash } from 'node:crypto';
import { stat } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { extname, join, resolve } from 'node:path';
import Boom from '@hapi/boom';
import type { Plugin } from '@hapi/hapi';
import { type BuildContext, context } from 'esbuild';
import type { ServerParts } from '../parts.ts';

const root = resolve(import.meta.dirname, '../..');
const require = createRequire(import.meta.url);

/** Entry name → source file. Lines in this table are all it takes to add a page. */
const entries = {
  design: () => join(root, 'server/pages/design.css'),
  home: () => join(root, 'server/pages/home.tsx'),
  'sign-in': () => join(root, 'server/pages/sign-in.tsx'),
  chat: () => join(root, 'server/pages/chat.tsx'),
  enrollments: () => join(root, 'server/pages/enrollments.tsx'),
  timeline: () => join(root, 'server/pages/timeline.tsx'),
  operators: () => join(root, 'server/pages/operators.tsx'),
  preferences: () => join(root, 'server/pages/preferences.tsx'),
  editor: () => join(root, 'editor/main.tsx'),
  'language-worker': () => join(root, 'editor/language-worker.ts'),
  'monaco-worker': () => require.resolve('monaco-editor/editor/editor.worker'),
};

export type AssetName = keyof typeof entries;

/** Of a bundle that takes longer than this the page begins without it. */
const patienceMs = 250;
/** After the first page this long nothing is bundled that nobody has asked for yet. */
const warmAfterMs = 800;

export type Assets = {
  /**
   * The addresses of an entry's script and style, hash included; bundles it if need be. Where that
   * takes long they come without the hash, for the page to begin meanwhile; the style may not exist then.
   */
  address(name: AssetName): Promise<{ js: string; css: string | null }>;
  /** From the first page on, bundles the editor in the background, so that its first opening need not wait. */
  warm(): void;
};

declare module '@hapi/hapi' {
  interface ServerApplicationState {
    assets: Assets;
  }
}

/** One file as the browser gets it. */
type Output = { body: Buffer; type: string; hash: string };
/** `sources`: our own files in the bundle, with the time each was last changed. */
type Bundle = { context: BuildContext; outputs: Map<string, Output>; sources: Map<string, number> };

const types: Record<string, string> = {
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.map': 'application/json; charset=utf-8',
  '.woff2': 'font/woff2',
  '.ttf': 'font/ttf',
  '.svg': 'image/svg+xml',
};

export const assets: Plugin<ServerParts> = {
  name: 'assets',
  async register(server, { config, log }) {
    const development = config.environment === 'development';
    const bundles = new Map<AssetName, Promise<Bundle>>();
    /** Fonts and images by file name: their names carry their hash, so bundles share them. */
    const files = new Map<string, Output>();

    async function build(name: AssetName): Promise<Bundle> {
      const made = await context({
        entryPoints: { [name]: entries[name]() },
        outdir: '/assets',
        absWorkingDir: root,
        bundle: true,
        write: false,
        metafile: true,
        format: 'esm',
        target: 'es2022',
        minify: !development,
        // A map of all of Monaco doubles the time and is twice as long as the code.
        sourcemap: development && name !== 'editor' ? 'linked' : false,
        jsx: 'automatic',
        jsxImportSource: 'preact',
        loader: { '.woff2': 'file', '.ttf': 'file', '.svg': 'file' },
        assetNames: '[name]-[hash]',
        publicPath: '/assets/',
        legalComments: 'none',
        logLevel: 'silent',
        define: { 'process.env.NODE_ENV': development ? '"development"' : '"production"' },
      });
      const bundle: Bundle = { context: made, outputs: new Map(), sources: new Map() };
      try {
        await rebuild(bundle);
      } catch (problem) {
        await made.dispose();
        throw problem;
      }
      return bundle;
    }

    async function rebuild(bundle: Bundle): Promise<void> {
      const result = await bundle.context.rebuild();
      bundle.outputs = new Map();
      for (const file of result.outputFiles ?? []) {
        const name = file.path.slice(file.path.lastIndexOf('/') + 1);
        const body = Buffer.from(file.contents);
        const output = {
          body,
          type: types[extname(name)] ?? 'application/octet-stream',
          hash: createHash('sha256').update(body).digest('base64url').slice(0, 16),
        };
        bundle.outputs.set(name, output);
        if (!/\.(js|css)(\.map)?$/.test(name)) files.set(name, output);
      }
      const own = Object.keys(result.metafile?.inputs ?? {}).filter((path) => !path.includes('node_modules/'));
      bundle.sources = new Map(await Promise.all(own.map(async (path) => [path, await changedAt(path)] as const)));
    }

    const current = async (bundle: Bundle): Promise<boolean> => {
      const now = await Promise.all([...bundle.sources].map(async ([path, at]) => (await changedAt(path)) === at));
      return now.every(Boolean);
    };

    /** The entry's bundle, made anew where development asks for it. Requests at once share one build. */
    function bundleOf(name: AssetName): Promise<Bundle> {
      const made = bundles.get(name);
      const next = made === undefined ? build(name) : development ? made.then(refresh) : made;
      bundles.set(name, next);
      // A failed build is forgotten, so that the next request tries again with the mended source.
      next.catch(() => {
        if (bundles.get(name) === next) bundles.delete(name);
      });
      return next;
    }

    async function refresh(bundle: Bundle): Promise<Bundle> {
      if (await current(bundle)) return bundle;
      try {
        await rebuild(bundle);
      } catch (problem) {
        await bundle.context.dispose();
        throw problem;
      }
      return bundle;
    }

    let warming: 'no' | 'asked' | 'begun' = 'no';
    let warmer: ReturnType<typeof setTimeout> | undefined;
    async function warm(): Promise<void> {
      // One after the other: a page that is asked for meanwhile must not wait behind three of them. What
      // goes wrong here is told when the bundle is asked for.
      for (const name of ['language-worker', 'monaco-worker', 'editor'] as const) {
        await bundleOf(name).catch(() => undefined);
      }
    }

    server.app.assets = {
      async address(name) {
        if (warming === 'asked') {
          warming = 'begun';
          warmer = setTimeout(() => void warm(), warmAfterMs);
        }
        const bundle = bundleOf(name);
        const ready = await Promise.race([bundle, after(patienceMs)]);
        if (ready === null) return { js: `/assets/${name}.js`, css: `/assets/${name}.css` };
        const css = ready.outputs.get(`${name}.css`);
        const js = ready.outputs.get(`${name}.js`);
        return { js: `/assets/${name}.js?v=${js?.hash ?? ''}`, css: css ? `/assets/${name}.css?v=${css.hash}` : null };
      },
      warm() {
        if (warming === 'no') warming = 'asked';
      },
    };

    server.route({
      method: 'GET',
      path: '/assets/{file}',
      options: { auth: false },
      async handler(request, h) {
        const file = String(request.params.file);
        const name = file.replace(/\.(js|css)(\.map)?$/, '') as AssetName;
        let output = files.get(file);
        if (Object.hasOwn(entries, name)) {
          try {
            output = (await bundleOf(name)).outputs.get(file);
          } catch (problem) {
            log(`The page code “${name}” cannot be bundled: ${(problem as Error).message}`);
            throw problem;
          }
        }
        if (output === undefined) throw Boom.notFound('There is no such file.');
        const hashed = files.has(file) || request.query.v === output.hash;
        return h
          .response(output.body)
          .type(output.type)
          .etag(output.hash)
          .header('cache-control', hashed ? 'public, max-age=31536000, immutable' : 'no-cache');
      },
    });

    server.ext('onPostStop', async () => {
      clearTimeout(warmer);
      const made = await Promise.allSettled(bundles.values());
      await Promise.all(
        made.map((result) => (result.status === 'fulfilled' ? result.value.context.dispose() : undefined)),
      );
    });
  },
};

const after = (ms: number): Promise<null> =>
  new Promise((resolve) => {
    setTimeout(() => resolve(null), ms);
  });

const changedAt = (path: string): Promise<number> =>
  stat(join(root, path)).then(
    (file) => file.mtimeMs,
    () => 0,
  );
