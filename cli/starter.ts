/**
 * The files of a new project: what `regimen init` writes. They lie in `starter/` as they will lie in
 * the project, but for names that npm or git would take to be their own. The test of the command
 * holds them to `check`, `fmt --check` and `test`.
 */
import { readFileSync } from 'node:fs';
import { version } from './version.ts';

/** From the sources and from the built file alike, which both lie one folder below the package. */
const packageFolder = new URL('../', import.meta.url);

const files: Record<string, string> = {
  'README.md': 'cli/starter/README.md',
  '.gitignore': 'cli/starter/gitignore',
  'programs/daily_walk.regimen': 'cli/starter/daily_walk.regimen',
  'programs/daily_walk.scenario': 'cli/starter/daily_walk.scenario',
  'programs/skills/walk-coach/SKILL.md': 'cli/starter/skills/walk-coach/SKILL.md',
  'programs/skills/walk-coach/scripted.yaml': 'cli/starter/skills/walk-coach/scripted.yaml',
  '.github/workflows/programs.yml': 'cli/starter/workflow.yml',
  '.github/actions/regimen/action.yml': 'action.yml',
};

/** Paths inside the project, with `/`, and the text of each. `name` is the project's. */
export function starterFiles(name: string): { path: string; text: string }[] {
  const manifest = {
    name,
    private: true,
    scripts: { start: 'regimen dev', check: 'regimen check', test: 'regimen test', format: 'regimen fmt' },
    devDependencies: { regimen: version() },
  };
  return [
    ...Object.entries(files).map(([path, from]) => ({
      path,
      text: readFileSync(new URL(from, packageFolder), 'utf8'),
    })),
    { path: 'package.json', text: `${JSON.stringify(manifest, null, 2)}\n` },
  ];
}
