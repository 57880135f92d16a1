/** Writes `docs/diagnostics.md`, every diagnostic with its examples: `node docs/diagnostics.ts`. */
import { writeFileSync } from 'node:fs';
import { type Explained, explainCode, explainedParts } from '../compiler/explain-code.ts';

const head = `<!-- Made by docs/diagnostics.ts from language/explanations/. Change it there. -->

# Diagnostics

Everything that Regimen can say about a program, a scenario or a skill: what it means, an example that
fails, and the same example as it works. \`regimen explain CODE\` shows the same in the terminal.

An **error** keeps a program from being published. A **warning** does not, but somebody should have read it.
`;

const places: Record<Explained['within'], string> = {
  file: 'This fails',
  program: 'This fails in a program',
  stage: 'This fails in a stage',
  scenario: 'This fails in a scenario',
  skill: 'This fails in a `SKILL.md`',
};

/** The page as the text of its file. */
export function diagnosticsPage(): string {
  const parts = explainedParts();
  const contents = parts.map(
    ({ title, codes }) => `- **${title}:** ${codes.map((code) => `[${code}](#${code})`).join(', ')}`,
  );
  const sections = parts.map(({ title, codes }) =>
    [`## ${title}`, ...codes.map((code) => describe(explainCode(code)))].join('\n\n'),
  );
  return `${[head, contents.join('\n'), ...sections].join('\n')}\n`
    .replace(/\n(?=## )/g, '\n\n')
    .replace(/\n{3,}/g, '\n\n');
}

function describe({ code, severity, meaning, within, fails, says, mended }: Explained): string {
  const said = says === undefined ? '' : `> ${says.message}${says.hint === undefined ? '' : ` ${says.hint}`}`;
  return [
    `### ${code}`,
    `*${severity === 'error' ? 'Error' : 'Warning'}.* ${meaning}`,
    `${places[within]}:`,
    fence(fails, within),
    ...(said === '' ? [] : [said]),
    'This works:',
    fence(mended, within),
  ].join('\n\n');
}

const fence = (text: string, within: Explained['within']): string =>
  `\`\`\`${within === 'skill' ? 'markdown' : 'regimen'}\n${text}\n\`\`\``;

if (import.meta.main) writeFileSync(new URL('diagnostics.md', import.meta.url), diagnosticsPage());
