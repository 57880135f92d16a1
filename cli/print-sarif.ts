/**
 * Findings as SARIF 2.1.0, the format of static analysis results: GitHub's code scanning and many
 * editors read it.
 *
 * Paths are relative to the root of the checkout, as in `print-github.ts`. Columns count UTF-16 code
 * units. Each code that occurs is a rule, with its meaning and its examples.
 */
import { resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { catalogue } from '../language/catalogue.ts';
import type { Example } from '../language/explanation.ts';
import { explanations } from '../language/explanations.ts';
import { lineMap } from '../language/position.ts';
import { type Finding, type Place, placeOf } from './finding.ts';
import { pathFromRoot } from './print-github.ts';

const schema = 'https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json';

export function printSarif(
  findings: readonly Finding[],
  { version, cwd, workspace }: { version: string; cwd: string; workspace: string | undefined },
): string {
  const codes = [...new Set(findings.map(({ code }) => code))].sort();
  const location = (path: string, place: Place) => ({
    artifactLocation: artifactOf(path, cwd, workspace),
    region: regionOf(place),
  });
  return JSON.stringify(
    {
      $schema: schema,
      version: '2.1.0',
      runs: [
        {
          tool: { driver: { name: 'Regimen', semanticVersion: version, rules: codes.map(ruleOf) } },
          columnKind: 'utf16CodeUnits',
          results: findings.map((finding) => ({
            ruleId: finding.code,
            ruleIndex: codes.indexOf(finding.code),
            level: finding.severity,
            message: { text: finding.hint === undefined ? finding.message : `${finding.message}\n${finding.hint}` },
            locations: [{ physicalLocation: location(finding.path, finding.place) }],
            ...(finding.related.length > 0 && {
              relatedLocations: finding.related.map(({ message, place }, id) => ({
                id,
                message: { text: message },
                physicalLocation: location(finding.path, place),
              })),
            }),
            ...(finding.fix !== undefined && { fixes: [fixOf(finding, finding.fix, location)] }),
          })),
        },
      ],
    },
    null,
    2,
  );
}

function ruleOf(code: string) {
  const words = { id: code, shortDescription: { text: code.replaceAll('-', ' ') } };
  // A code that nobody explains is still a rule.
  if (!Object.hasOwn(explanations, code)) return words;
  const { meaning, fails, mended } = explanations[code as keyof typeof explanations];
  const say = (fence: string) => [
    meaning.join(' '),
    'This fails:',
    `${fence}${shown(fails)}${fence}`,
    'This works:',
    `${fence}${shown(mended)}${fence}`,
  ];
  return {
    ...words,
    fullDescription: { text: meaning.join(' ') },
    defaultConfiguration: {
      level: code === 'skill-file' ? 'error' : catalogue[code as keyof typeof catalogue].severity,
    },
    help: { text: say('').join('\n\n'), markdown: say('\n```\n').join('\n\n') },
  };
}

const shown = (example: Example): string => (typeof example === 'string' ? example : example.shown).trim();

function fixOf(
  finding: Finding,
  fix: NonNullable<Finding['fix']>,
  location: (path: string, place: Place) => { artifactLocation: object },
) {
  const lines = lineMap(finding.text);
  return {
    description: { text: fix.title },
    artifactChanges: [
      {
        artifactLocation: location(finding.path, finding.place).artifactLocation,
        replacements: fix.edits.map(({ span, text }) => ({
          deletedRegion: regionOf(placeOf(lines, span)),
          insertedContent: { text },
        })),
      },
    ],
  };
}

const regionOf = ({ line, column, endLine, endColumn }: Place) => ({
  startLine: line,
  startColumn: column,
  endLine,
  endColumn,
});

/** Relative to the checkout, where what means something in an address is escaped; or what lies outside, in full. */
function artifactOf(path: string, cwd: string, workspace: string | undefined): { uri: string; uriBaseId?: string } {
  const fromRoot = pathFromRoot(path, cwd, workspace);
  if (fromRoot.startsWith('..')) return { uri: pathToFileURL(resolve(cwd, path)).href };
  return { uri: fromRoot.split('/').map(encodeURIComponent).join('/'), uriBaseId: '%SRCROOT%' };
}
