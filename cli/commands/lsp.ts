/**
 * `regimen lsp`: the language server over standard input and output, for any editor.
 *
 * Only the command is here; what the server answers is in `cli/lsp/`, and what it knows in
 * `compiler/service/`.
 */
import { type Command, CommandProblem, type ExitCode } from '../command.ts';

export const lsp: Command = {
  name: 'lsp',
  usage: '',
  about: `Speaks the Language Server Protocol on standard input and output. An editor starts it and ends it; it ends by
itself when its editor is gone. It offers diagnostics, completion, hover, definition, references, rename,
symbols, folding, colors, fixes, formatting, and running scenarios.`,
  options: {
    // Editors pass it to every server; it is the only way this one has.
    stdio: { type: 'boolean', about: 'speak over standard input and output; there is no other way' },
  },
  examples: [{ line: 'regimen lsp', about: 'what to tell an editor to start for .regimen and .scenario files' }],
  wordsMax: 0,

  async run(_given, terminal): Promise<ExitCode> {
    if (terminal.interactive && process.stdin.isTTY) {
      throw new CommandProblem(
        'The language server speaks to an editor, not to a person. Name `regimen lsp` as the server for .regimen files in your editor.',
      );
    }
    const { serve } = await import('../lsp/serve.ts');
    return serve(process.stdin, process.stdout);
  },
};
