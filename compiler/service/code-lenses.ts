/** What can be done with a declaration, shown above it: run a scenario, or all that tell of a program. */
import type { Span } from '../../language/ast.ts';
import { textWithoutHoles } from '../constants.ts';
import type { Workspace } from './workspace.ts';

export type CodeLens = {
  /** The line above which it stands. */
  span: Span;
  title: string;
  /** The scenarios it runs: their file, their title and where they start in it. */
  runs: { path: string; title: string; start: number }[];
};

export function codeLenses(workspace: Workspace, path: string): CodeLens[] {
  const file = workspace.file(path);
  if (file === undefined) return [];
  const scenarios = workspace
    .groupsWith(path)
    .flatMap((group) => group.files)
    .filter((one, index, all) => all.indexOf(one) === index)
    .flatMap((one) => one.ast.scenarios.map((node) => ({ path: one.path, node })));
  const ofPrograms = file.ast.programs.flatMap((program): CodeLens[] => {
    const runs = scenarios.filter(({ node }) => node.program.text === program.name.text).map(runOf);
    if (runs.length === 0) return [];
    return [
      { span: headOf(program), title: runs.length === 1 ? 'Run 1 scenario' : `Run ${runs.length} scenarios`, runs },
    ];
  });
  const ofScenarios = file.ast.scenarios.map(
    (node): CodeLens => ({ span: headOf(node), title: 'Run scenario', runs: [runOf({ path, node })] }),
  );
  return [...ofPrograms, ...ofScenarios].sort((a, b) => a.span.start - b.span.start);
}

type Told = { path: string; node: { title: Parameters<typeof textWithoutHoles>[0]; span: Span } };

const runOf = ({ path, node }: Told) => ({ path, title: textWithoutHoles(node.title), start: node.span.start });

const headOf = ({ span }: { span: Span }): Span => ({ start: span.start, end: span.start });
