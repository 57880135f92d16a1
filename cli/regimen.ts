#!/usr/bin/env node
/**
 * The command `regimen`. Only looks at the Node it runs on; everything else is loaded after that,
 * so that an older Node gives a sentence and not a stack trace.
 */
const oldestNode = 24;
const major = Number(process.versions.node.split('.')[0]);

if (major < oldestNode) {
  process.stderr.write(
    `Regimen needs Node ${oldestNode} or newer, and this is Node ${process.versions.node}. ` +
      'Run it with `npx regimen` or `npm start` inside the project: they use the Node that npm installed there.\n',
  );
  process.exitCode = 2;
} else {
  // The machine's code is kept from one run to the next, and with it what stripping the types gave.
  const { enableCompileCache } = await import('node:module');
  enableCompileCache();
  const { main } = await import('./main.ts');
  await main(process.argv.slice(2));
}
