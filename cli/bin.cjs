#!/usr/bin/env node
/**
 * Where the command begins, in the repository and in the package: looks at the Node it runs on, and
 * loads the sources where they are, else what was built from them. Written for Nodes of long ago, so that
 * an older one gives a sentence and not a stack trace; as CommonJS, because that starts soonest.
 *
 * What was built is run with the machine's code of an earlier run, in the folder where Node keeps its own.
 * Node keeps the code of a file as it is loaded, which is that of few functions; here it is kept as it is in the
 * end, with every function that the command called. Where there is none, or it cannot be kept, all goes on without.
 *
 * What is called a few hundred times V8 compiles once more, better. A check of one program is over before that pays:
 * commands that read texts once wait longer for it, and have it where there are many texts.
 */
'use strict';
const fs = require('node:fs');
const { join } = require('node:path');

const oldestNode = 24;
/** One run of so many looks whether it has called much that the kept code does not have. */
const looksAgainEvery = 8;
const muchMore = 1.03;
/** Commands that are over soon, and how much longer these wait: V8's own numbers, times forty. Another V8 may not know the words. */
const soonOver = new Set(['check', 'compile', 'cost', 'explain', 'fmt']);
const newestKnownNode = 26;
const patience =
  '--invocation-count-for-maglev=16000 --invocation-count-for-maglev-osr=4000 ' +
  '--invocation-count-for-turbofan=120000 --invocation-count-for-osr=20000';
const nodeMajor = Number(process.versions.node.split('.')[0]);

if (nodeMajor < oldestNode) {
  process.stderr.write(
    `Regimen needs Node ${oldestNode} or newer, and this is Node ${process.versions.node}. Run it with \`npx regimen\` ` +
      'inside the project: that uses the Node that npm installed there.\n',
  );
  process.exitCode = 2;
} else {
  const source = join(__dirname, 'regimen.ts');
  if (fs.existsSync(source)) import(require('node:url').pathToFileURL(source).href);
  else runBuilt(join(__dirname, '../dist/regimen.cjs'));
}

function runBuilt(filename) {
  const { constants, Script } = require('node:vm');
  const { createRequire, enableCompileCache, getCompileCacheDir, wrap } = require('node:module');
  if (soonOver.has(process.argv[2]) && nodeMajor <= newestKnownNode) {
    // Kept code is good for the same settings only. Node's own is, too: what it has not loaded yet it compiles from here on.
    const { setFlagsFromString } = require('node:v8');
    void require('node:util').parseArgs;
    setFlagsFromString(patience);
  }
  const text = fs.readFileSync(filename, 'latin1');
  enableCompileCache();
  const keptIn = fileOfCode(getCompileCacheDir(), text);
  const cachedData = readOwn(keptIn);
  const importModuleDynamically = constants.USE_MAIN_CONTEXT_DEFAULT_LOADER;
  const script = new Script(wrap(text), { filename, cachedData, importModuleDynamically });
  process.on('exit', (code) => {
    const isKept = cachedData !== undefined && script.cachedDataRejected === false;
    if (keptIn === undefined || code === 2 || (isKept && process.pid % looksAgainEvery !== 0)) return;
    const data = script.createCachedData();
    if (!isKept || data.length > cachedData.length * muchMore) writeWhole(keptIn, data);
  });
  const built = { exports: {} };
  script.runInThisContext()(built.exports, createRequire(filename), built, filename, join(filename, '..'));
}

/** A file for each build, which says in its first line which it is, and each command: other commands call other functions. */
function fileOfCode(folder, text) {
  const build = /^\/\/([0-9a-f]{32})\n/.exec(text);
  const command = /^[a-z]+$/.exec(process.argv[2] || '');
  return folder && build && command ? join(folder, `regimen-${build[1]}-${command[0]}`) : undefined;
}

/** What this user has written, and nobody else: it is run as code. */
function readOwn(path) {
  if (path === undefined) return undefined;
  let file;
  try {
    file = fs.openSync(path, 'r');
    return process.getuid && fs.fstatSync(file).uid !== process.getuid() ? undefined : fs.readFileSync(file);
  } catch {
    return undefined;
  } finally {
    if (file !== undefined) fs.closeSync(file);
  }
}

/** Whoever reads at the same time, or after the power was lost, finds the old file or the new one: V8 trusts what it is given. */
function writeWhole(path, data) {
  const beside = `${path}.${process.pid}`;
  try {
    fs.writeFileSync(beside, data, { mode: 0o600, flush: true });
    fs.renameSync(beside, path);
  } catch {
    fs.rmSync(beside, { force: true });
  }
}
