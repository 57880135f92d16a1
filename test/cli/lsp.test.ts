/** `regimen lsp` over its real standard streams: the whole protocol, and what no client should send. */
import { spawn } from 'node:child_process';
import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { folderWith } from '../support/command.ts';
import { type LspClient, startLspClient } from '../support/lsp-client.ts';

const walks = `program walks "Morning walks" {
  about "Walk more."
  data {
    goal  : number min = 10
    walks : series { minutes: number min }
  }
  stage begin "Begin" {
    skill greet
    review mon, wed at 09:00
    let done = count(walks, this visit)
    advance to going when done >= 1
    leave as lost after 14 days of silence
  }
  stage going final success "Going" { say "Off you go, {goal} minutes." }
}
`;
const story = `scenario "one walk" of walks {
  start mon 2026-01-05 08:00 in "Europe/London"
  walks { minutes: 20 }
  expect stage going
}
`;
const skill = '---\nname: greet\ndescription: Says hello.\n---\nSay hello.\n';

type World = { client: LspClient; folder: string; uri(name: string): string; write(name: string, text: string): void };

/** A project on disk with a server that knows it; the program is open. */
async function inProject(work: (world: World) => Promise<void>, capabilities: object = {}): Promise<void> {
  const folder = folderWith({
    'walks.regimen': walks,
    'walks.scenario': story,
    'skills/greet/SKILL.md': skill,
  });
  const client = startLspClient(folder.path);
  const uri = (name: string) => pathToFileURL(join(folder.path, name)).href;
  try {
    await client.start(folder.path, capabilities);
    client.open(uri('walks.regimen'), walks);
    await client.diagnostics(uri('walks.regimen'), 1);
    await work({
      client,
      folder: folder.path,
      uri,
      write(name, text) {
        mkdirSync(join(folder.path, name, '..'), { recursive: true });
        writeFileSync(join(folder.path, name), text);
      },
    });
    assert.is(await client.stop(), 0);
  } finally {
    client.child.kill('SIGKILL');
    folder.remove();
  }
}

/** The place just inside the first `words` of a text. */
function placeOf(text: string, words: string, inside = 0): { line: number; character: number } {
  const at = text.indexOf(words);
  assert.ok(at >= 0, `the text has ${words}`);
  const before = text.slice(0, at + inside).split('\n');
  return { line: before.length - 1, character: before.at(-1)?.length ?? 0 };
}

type Range = { start: { line: number; character: number }; end: { line: number; character: number } };

/** What a range of a text says. */
function said(text: string, { start, end }: Range): string {
  const lines = text.split('\n');
  if (start.line === end.line) return lines[start.line]?.slice(start.character, end.character) ?? '';
  return [
    lines[start.line]?.slice(start.character),
    ...lines.slice(start.line + 1, end.line),
    lines[end.line]?.slice(0, end.character),
  ].join('\n');
}

/** A text with edits of the protocol made. */
function edited(text: string, edits: { range: Range; newText: string }[]): string {
  const lines = text.split('\n');
  const offset = ({ line, character }: Range['start']) =>
    lines.slice(0, line).reduce((sum, one) => sum + one.length + 1, 0) + character;
  return [...edits]
    .sort((a, b) => offset(b.range.start) - offset(a.range.start))
    .reduce(
      (made, { range, newText }) => made.slice(0, offset(range.start)) + newText + made.slice(offset(range.end)),
      text,
    );
}

const here = (uri: string, text: string, words: string, inside = 0) => ({
  textDocument: { uri },
  position: placeOf(text, words, inside),
});

test('it says what it can do', async () => {
  const client = startLspClient(import.meta.dirname);
  try {
    const { capabilities, serverInfo } = await client.start(null);
    assert.is(serverInfo.name, 'regimen');
    for (const one of [
      'completionProvider',
      'hoverProvider',
      'definitionProvider',
      'referencesProvider',
      'documentHighlightProvider',
      'renameProvider',
      'documentSymbolProvider',
      'workspaceSymbolProvider',
      'foldingRangeProvider',
      'semanticTokensProvider',
      'codeActionProvider',
      'codeLensProvider',
      'inlayHintProvider',
      'documentFormattingProvider',
      'executeCommandProvider',
    ]) {
      assert.ok(capabilities[one], one);
    }
    assert.is(capabilities.textDocumentSync, 2);
    assert.is(await client.stop(), 0);
  } finally {
    client.child.kill('SIGKILL');
  }
});

test('problems follow every change, with their remedy, where else to look and what they mean', () =>
  inProject(async ({ client, uri }) => {
    const file = uri('walks.regimen');
    const change = (version: number, contentChanges: object[]) =>
      client.notify('textDocument/didChange', { textDocument: { uri: file, version }, contentChanges });
    // Incremental, in UTF-16: the emoji counts two.
    const at = placeOf(walks, 'Walk more');
    change(2, [
      { range: { start: at, end: at }, text: '🏃 ' },
      {
        range: {
          start: placeOf(walks, 'to going', 3),
          end: placeOf(walks, 'to going', 8),
        },
        text: 'goin',
      },
    ]);
    const now = walks.replace('Walk more', '🏃 Walk more').replace('to going', 'to goin');
    const problems = await client.diagnostics(file, 2);
    const unknown = problems.find((one) => one.code === 'unknown-stage');
    assert.is(said(now, unknown.range), 'goin');
    assert.is(unknown.severity, 1);
    assert.match(unknown.message, /goin.*\nDid you mean `going`/);
    assert.match(unknown.codeDescription.href, /^file:.*diagnostics\.md#unknown-stage$/);
    change(3, [{ text: walks.replace('let done', 'let goal') }]);
    const twice = (await client.diagnostics(file, 3)).find((one) => one.code === 'duplicate-name');
    assert.is(said(walks, twice.relatedInformation[0].location.range), 'goal');
    change(4, [{ text: walks }]);
    assert.equal(await client.diagnostics(file, 4), []);
  }));

test('a change of the program is a problem of the scenario that is open beside it', () =>
  inProject(async ({ client, uri }) => {
    client.open(uri('walks.scenario'), story);
    assert.equal(await client.diagnostics(uri('walks.scenario'), 1), []);
    client.notify('textDocument/didChange', {
      textDocument: { uri: uri('walks.regimen'), version: 2 },
      contentChanges: [{ text: walks.replaceAll('going', 'moving') }],
    });
    const { diagnostics } = await client.next(
      'textDocument/publishDiagnostics',
      (params) => params.uri === uri('walks.scenario') && params.diagnostics.length > 0,
    );
    assert.is(diagnostics[0].code, 'unknown-stage');
  }));

test('completion: names where a name is due, snippets only for editors that know them', async () => {
  const text = walks.replace('advance to going when done >= 1', 'advance to ');
  for (const snippetSupport of [true, false]) {
    await inProject(
      async ({ client, uri }) => {
        const file = uri('walks.regimen');
        client.notify('textDocument/didChange', {
          textDocument: { uri: file, version: 2 },
          contentChanges: [{ text }],
        });
        const stages = await client.request('textDocument/completion', here(file, text, 'advance to ', 11));
        assert.equal(
          stages.map((one: { label: string }) => one.label),
          ['begin', 'going'],
        );
        const items = await client.request('textDocument/completion', here(file, text, 'skill greet', 0));
        const nudge = items.find((one: { label: string }) => one.label === 'nudge');
        assert.is(nudge.textEdit.newText.includes('${'), snippetSupport);
        const skills = await client.request('textDocument/completion', here(file, text, 'skill greet', 6));
        assert.equal(
          skills.map((one: { label: string }) => one.label),
          ['greet'],
        );
      },
      { textDocument: { completion: { completionItem: { snippetSupport } } } },
    );
  }
});

test('in a scenario file the names of its program are offered', () =>
  inProject(async ({ client, uri }) => {
    const text = story.replace('stage going', 'stage ');
    client.open(uri('walks.scenario'), text);
    const items = await client.request(
      'textDocument/completion',
      here(uri('walks.scenario'), text, 'expect stage ', 13),
    );
    assert.equal(
      items.map((one: { label: string }) => one.label),
      ['begin', 'going'],
    );
  }));

test('hover, definition, references and highlights', () =>
  inProject(async ({ client, uri }) => {
    const file = uri('walks.regimen');
    const hover = await client.request('textDocument/hover', here(file, walks, 'when done', 6));
    assert.match(hover.contents.value, /let done = count\(walks, this visit\)/);
    assert.match(hover.contents.value, /a number.*Used once/);
    assert.is(said(walks, hover.range), 'done');
    const [definition] = await client.request('textDocument/definition', here(file, walks, 'to going', 4));
    assert.equal(definition.range.start, placeOf(walks, 'stage going', 6));
    const [file2] = await client.request('textDocument/definition', here(file, walks, 'skill greet', 7));
    assert.is(file2.uri, uri('skills/greet/SKILL.md'));
    const references = await client.request('textDocument/references', {
      ...here(file, walks, 'stage going', 7),
      context: { includeDeclaration: true },
    });
    assert.equal(
      references.map((one: { uri: string; range: Range }) => [
        one.uri.split('/').at(-1),
        said(one.uri.endsWith('.scenario') ? story : walks, one.range),
      ]),
      [
        ['walks.regimen', 'going'],
        ['walks.regimen', 'going'],
        ['walks.scenario', 'going'],
      ],
    );
    const lights = await client.request('textDocument/documentHighlight', here(file, walks, 'goal', 1));
    assert.equal(
      lights.map((one: { kind: number }) => one.kind),
      [3, 2],
    );
  }));

test('rename goes through program and scenario, with versions; what cannot be is refused in a sentence', () =>
  inProject(
    async ({ client, uri }) => {
      const file = uri('walks.regimen');
      const ready = await client.request('textDocument/prepareRename', here(file, walks, 'walks : series', 1));
      assert.is(ready.placeholder, 'walks');
      const { documentChanges } = await client.request('textDocument/rename', {
        ...here(file, walks, 'stage going', 7),
        newName: 'moving',
      });
      const byFile = Object.fromEntries(
        documentChanges.map((one: { textDocument: { uri: string; version: number | null }; edits: [] }) => [
          one.textDocument.uri,
          one,
        ]),
      );
      assert.is(byFile[file].textDocument.version, 1);
      assert.is(edited(walks, byFile[file].edits), walks.replaceAll('going', 'moving'));
      const other = byFile[uri('walks.scenario')];
      assert.is(other.textDocument.version, null);
      assert.is(edited(story, other.edits), story.replaceAll('going', 'moving'));
      for (const [newName, sentence] of [
        ['begin', /There is a stage `begin` already/],
        ['when', /`when` is a word of the language/],
        ['two words', /`two words` is not a name/],
      ] as const) {
        const error = await client
          .request('textDocument/rename', { ...here(file, walks, 'stage going', 7), newName })
          .catch((reason) => reason);
        assert.is(error.code, -32803);
        assert.match(error.message, sentence);
      }
      const nowhere = await client
        .request('textDocument/prepareRename', here(file, walks, 'about', 2))
        .catch((reason) => reason);
      assert.match(nowhere.message, /Put the cursor on a name/);
    },
    { workspace: { workspaceEdit: { documentChanges: true } } },
  ));

test('outline, symbols of the workspace, folds and colors', () =>
  inProject(async ({ client, uri }) => {
    const textDocument = { uri: uri('walks.regimen') };
    const [program] = await client.request('textDocument/documentSymbol', { textDocument });
    assert.equal(
      program.children.map((one: { name: string }) => one.name),
      ['data', 'begin', 'going'],
    );
    assert.equal(
      program.children[1].children.map((one: { name: string }) => one.name),
      ['done', 'advance to going when done >= 1', 'leave as lost after 14 days of silence'],
    );
    const symbols = await client.request('workspace/symbol', { query: 'goi' });
    assert.equal(
      symbols.map((one: { name: string; containerName: string }) => [one.name, one.containerName]),
      [['going', 'walks']],
    );
    const folds = await client.request('textDocument/foldingRange', { textDocument });
    assert.equal(
      folds.map((one: { startLine: number; endLine: number }) => [one.startLine, one.endLine]),
      [
        [0, 13],
        [2, 4],
        [6, 11],
      ],
    );
    const { data } = await client.request('textDocument/semanticTokens/full', { textDocument });
    assert.is(data.length % 5, 0);
    // The first two tokens: the keyword `program` and the name it declares.
    assert.equal(data.slice(0, 10), [0, 0, 7, 10, 0, 0, 8, 5, 0, 1]);
  }));

test('quick fixes mend one problem or all; what they leave is clean', () =>
  inProject(async ({ client, uri }) => {
    const file = uri('walks.regimen');
    const text = walks.replace('to going when done', 'to goin when dne').replace('count(walks', 'count(wlaks');
    client.notify('textDocument/didChange', { textDocument: { uri: file, version: 2 }, contentChanges: [{ text }] });
    const diagnostics = await client.diagnostics(file, 2);
    const at = placeOf(text, 'goin when', 1);
    const actions = await client.request('textDocument/codeAction', {
      textDocument: { uri: file },
      range: { start: at, end: at },
      context: { diagnostics },
    });
    const fix = actions.find((one: { isPreferred?: boolean }) => one.isPreferred);
    assert.is(fix.kind, 'quickfix');
    assert.is(edited(text, fix.edit.changes[file]), text.replace('to goin ', 'to going '));
    assert.ok(actions.some((one: { title: string }) => one.title === 'Add a stage `goin`'));
    const [all] = await client.request('textDocument/codeAction', {
      textDocument: { uri: file },
      range: { start: at, end: at },
      context: { diagnostics: [], only: ['source.fixAll'] },
    });
    assert.is(edited(text, all.edit.changes[file]), walks);
  }));

test('a scenario is run from its lens and says what came of it', () =>
  inProject(async ({ client, uri }) => {
    const file = uri('walks.scenario');
    client.open(file, story);
    const [lens] = await client.request('textDocument/codeLens', { textDocument: { uri: file } });
    assert.is(lens.command.title, 'Run scenario');
    const run = await client.request('workspace/executeCommand', lens.command);
    assert.equal([run.passed, run.failed], [1, 0]);
    const good = await client.next('window/showMessage');
    assert.equal(good, { type: 3, message: '“one walk”: passed.' });
    const wrong = story.replace('stage going', 'stage begin');
    client.notify('textDocument/didChange', {
      textDocument: { uri: file, version: 2 },
      contentChanges: [{ text: wrong }],
    });
    const again = await client.request('workspace/executeCommand', lens.command);
    assert.is(said(wrong, again.scenarios[0].failures[0].range), 'stage begin');
    const bad = await client.next('window/showMessage', (params) => params.type === 1);
    assert.match(bad.message, /“one walk” failed\. Line 4: expected .*begin.*; happened .*going/);
    const nothing = await client
      .request('workspace/executeCommand', { command: 'regimen.runScenario', arguments: [{ uri: 7 }] })
      .catch((reason) => reason);
    assert.match(nothing.message, /Say which scenario/);
  }));

test('hints show the next three times of a cadence, and what a month in a stage costs', () =>
  inProject(async ({ client, uri }) => {
    const hints = await client.request('textDocument/inlayHint', {
      textDocument: { uri: uri('walks.regimen') },
      range: { start: { line: 0, character: 0 }, end: { line: 99, character: 0 } },
    });
    assert.is(hints.length, 2);
    assert.match(hints[0].label, /^\$\d+\.\d\d a month$/);
    assert.match(hints[1].label, /^((Mon|Wed)( \d+ \w+)? 09:00(, )?){3}$/);
    assert.is(hints[1].position.line, 8);
  }));

test('formatting makes small edits; a text that cannot be read is left alone with the reason', () =>
  inProject(async ({ client, uri }) => {
    const file = uri('walks.regimen');
    const options = { tabSize: 8, insertSpaces: false };
    const ugly = walks.replace('    goal  : number', '  goal:number');
    client.notify('textDocument/didChange', {
      textDocument: { uri: file, version: 2 },
      contentChanges: [{ text: ugly }],
    });
    const edits = await client.request('textDocument/formatting', { textDocument: { uri: file }, options });
    const formatted = edited(ugly, edits);
    assert.match(formatted, '    goal  : number min = 10\n');
    assert.ok(edits.every((one: { range: Range }) => one.range.end.line - one.range.start.line <= 14));
    client.notify('textDocument/didChange', {
      textDocument: { uri: file, version: 3 },
      contentChanges: [{ text: formatted }],
    });
    assert.equal(await client.request('textDocument/formatting', { textDocument: { uri: file }, options }), []);
    client.notify('textDocument/didChange', {
      textDocument: { uri: file, version: 4 },
      contentChanges: [{ text: walks.replace('stage going', 'stge going') }],
    });
    const refused = await client
      .request('textDocument/formatting', { textDocument: { uri: file }, options })
      .catch((reason) => reason);
    assert.match(refused.message, /^Not formatted\. Line 14: /);
  }));

test('what changes on the disk is known at once: a scenario, a skill', () =>
  inProject(
    async ({ client, uri, folder, write }) => {
      const watched = await client.next('client/registerCapability');
      assert.is(watched.registrations[0].method, 'workspace/didChangeWatchedFiles');
      const references = async () =>
        (
          await client.request('textDocument/references', {
            ...here(uri('walks.regimen'), walks, 'stage going', 7),
            context: { includeDeclaration: false },
          })
        ).length;
      assert.is(await references(), 2);
      write('more.scenario', story.replace('one walk', 'another'));
      client.notify('workspace/didChangeWatchedFiles', { changes: [{ uri: uri('more.scenario'), type: 1 }] });
      assert.is(await references(), 3);
      write('more.scenario', '\u0000');
      writeFileSync(join(folder, 'more.scenario'), Buffer.from([0xff, 0xfe, 0x80, 0x20]));
      client.notify('workspace/didChangeWatchedFiles', { changes: [{ uri: uri('more.scenario'), type: 2 }] });
      assert.is(await references(), 2, 'a file that is no text is left out');
      rmSync(join(folder, 'skills', 'greet'), { recursive: true });
      client.notify('workspace/didChangeWatchedFiles', { changes: [{ uri: uri('skills/greet/SKILL.md'), type: 3 }] });
      const { diagnostics } = await client.next(
        'textDocument/publishDiagnostics',
        (params) => params.diagnostics.length > 0,
      );
      assert.is(diagnostics[0].code, 'unknown-skill');
    },
    { workspace: { didChangeWatchedFiles: { dynamicRegistration: true } } },
  ));

test('a closed file counts as it lies on the disk', () =>
  inProject(async ({ client, uri }) => {
    const file = uri('walks.scenario');
    client.open(file, story.replace('stage going', 'stage begin'));
    client.notify('textDocument/didClose', { textDocument: { uri: file } });
    const cleared = await client.next(
      'textDocument/publishDiagnostics',
      (params) => params.uri === file && params.version === undefined,
    );
    assert.equal(cleared.diagnostics, []);
    const references = await client.request('textDocument/references', {
      ...here(uri('walks.regimen'), walks, 'stage going', 7),
      context: { includeDeclaration: false },
    });
    assert.is(references.length, 2);
  }));

test('files without a folder, outside of it and of no scheme it knows are answered all the same', () =>
  inProject(async ({ client }) => {
    for (const uri of [
      'untitled:Untitled-1',
      'file:///nowhere/at/all.regimen',
      'git:/x.regimen?ref=HEAD',
      'file://%zz',
    ]) {
      client.open(uri, walks.replace('to going', 'to gone'));
      const problems = await client.diagnostics(uri, 1);
      assert.ok(
        problems.some((one) => one.code === 'unknown-stage'),
        uri,
      );
    }
    const never = { uri: 'file:///never/opened.regimen' };
    assert.equal(await client.request('textDocument/documentSymbol', { textDocument: never }), []);
  }));

test('texts that are no programs are survived by every request', () =>
  inProject(async ({ client, uri }) => {
    const file = uri('walks.regimen');
    const texts = [
      '',
      '\u0000\u0001',
      '}'.repeat(500),
      '{'.repeat(500),
      '"',
      'program',
      '\ud800\udc00{\ud800',
      'a '.repeat(20_000),
    ];
    let version = 1;
    for (const text of texts) {
      version += 1;
      client.notify('textDocument/didChange', { textDocument: { uri: file, version }, contentChanges: [{ text }] });
      await client.diagnostics(file, version);
      const textDocument = { uri: file };
      const position = { line: 3, character: 70_000 };
      const range = { start: { line: 0, character: 0 }, end: position };
      for (const [method, more] of [
        ['completion', {}],
        ['hover', {}],
        ['definition', {}],
        ['references', { context: { includeDeclaration: true } }],
        ['documentHighlight', {}],
        ['documentSymbol', {}],
        ['foldingRange', {}],
        ['semanticTokens/full', {}],
        ['codeLens', {}],
        ['inlayHint', { range }],
        ['codeAction', { range, context: { diagnostics: [] } }],
      ] as const) {
        await client.request(`textDocument/${method}`, { textDocument, position, ...more });
      }
    }
  }));

test('nonsense gets an error and nothing else happens', async () => {
  const client = startLspClient(import.meta.dirname);
  const codeOf = (method: string, params?: unknown) =>
    client.request(method, params).then(
      () => 0,
      (error) => error.code,
    );
  try {
    const early = { textDocument: { uri: 'file:///x.regimen' }, position: { line: 0, character: 0 } };
    assert.is(await codeOf('textDocument/hover', early), -32002);
    assert.is(await codeOf('workspace/symbol', { query: 'x' }), -32002);
    client.open('file:///x.regimen', walks);
    await client.start(null);
    assert.is(await codeOf('regimen/whatever', {}), -32601);
    assert.is(await codeOf('textDocument/hover', {}), -32602);
    assert.is(await codeOf('textDocument/hover', { textDocument: { uri: 7 } }), -32602);
    assert.is(await codeOf('workspace/executeCommand', { command: 'rm' }), -32602);
    client.notify('regimen/whatever', { a: 1 });
    client.notify('textDocument/didChange', {
      textDocument: { uri: 'file:///never.regimen', version: 3 },
      contentChanges: [],
    });
    client.notify('workspace/didChangeWatchedFiles', { changes: [{ uri: 'file:///never.regimen', type: 2 }] });
    assert.equal(await client.request('workspace/symbol', { query: 'zzz' }), []);
    assert.is(await client.stop(), 0);
  } finally {
    client.child.kill('SIGKILL');
  }
});

test('it ends when its editor is gone: the input ends, or the process does', async () => {
  const alone = startLspClient(import.meta.dirname);
  await alone.start(null);
  alone.child.stdin?.end();
  assert.is(await alone.ended, 1, 'ended without being told to');

  // A client that dies and leaves the streams open: the server looks for its process.
  const brief = spawn(process.execPath, ['-e', '']);
  const processId = brief.pid;
  await new Promise((resolve) => brief.on('close', resolve));
  const orphan = startLspClient(import.meta.dirname);
  await orphan.request('initialize', { processId, rootUri: null, capabilities: {} });
  assert.is(await orphan.ended, 1);
});

test.run();
