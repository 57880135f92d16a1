#!/usr/bin/env node
/**
 * Where the command begins, in the repository and in the package: looks at the Node it runs on, and
 * loads the sources where they are, else what was built from them. Written for Nodes of long ago, so that
 * an older one gives a sentence and not a stack trace; as CommonJS, because that starts soonest.
 */
'use strict';
const { existsSync } = require('node:fs');
const { join } = require('node:path');
const { pathToFileURL } = require('node:url');

const oldestNode = 24;

if (Number(process.versions.node.split('.')[0]) < oldestNode) {
  process.stderr.write(
    `Regimen needs Node ${oldestNode} or newer, and this is Node ${process.versions.node}. Run it with \`npx regimen\` ` +
      'inside the project: that uses the Node that npm installed there.\n',
  );
  process.exitCode = 2;
} else {
  const source = join(__dirname, 'regimen.ts');
  if (existsSync(source)) import(pathToFileURL(source).href);
  else {
    // The machine's code is kept from one run to the next: half of the time of a short run.
    require('node:module').enableCompileCache();
    require('../dist/regimen.cjs');
  }
}
