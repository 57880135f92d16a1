/**
 * Results as JUnit XML, which most systems of continuous integration read: suites of cases, and for a
 * case that failed one message and its details.
 *
 * There is no standard behind the name. What is written here is what Jenkins, GitLab and the readers
 * on GitHub have in common.
 */

/** `ms` is how long it took. `notes` are shown with a case that passed. */
export type JunitCase = {
  name: string;
  ms?: number;
  failure?: { kind: string; message: string; details: string };
  notes?: string;
};
export type JunitSuite = { name: string; cases: readonly JunitCase[] };

export function printJunit(title: string, suites: readonly JunitSuite[]): string {
  const all = suites.flatMap(({ cases }) => cases);
  return [
    '<?xml version="1.0" encoding="UTF-8"?>',
    `<testsuites name="${escapeXml(title)}" ${totals(all)}>`,
    ...suites.flatMap((suite) => [
      `  <testsuite name="${escapeXml(suite.name)}" ${totals(suite.cases)}>`,
      ...suite.cases.flatMap((one) => printCase(suite.name, one)),
      '  </testsuite>',
    ]),
    '</testsuites>',
  ].join('\n');
}

function printCase(suite: string, { name, ms = 0, failure, notes }: JunitCase): string[] {
  const open = `    <testcase classname="${escapeXml(suite)}" name="${escapeXml(name)}" time="${seconds(ms)}"`;
  if (failure !== undefined) {
    const { kind, message, details } = failure;
    return [
      `${open}>`,
      `      <failure type="${escapeXml(kind)}" message="${escapeXml(message)}">${escapeXml(details, 'text')}</failure>`,
      '    </testcase>',
    ];
  }
  if (notes === undefined) return [`${open}/>`];
  return [`${open}>`, `      <system-out>${escapeXml(notes, 'text')}</system-out>`, '    </testcase>'];
}

const totals = (cases: readonly JunitCase[]): string =>
  `tests="${cases.length}" failures="${cases.filter(({ failure }) => failure !== undefined).length}" errors="0" skipped="0" time="${seconds(cases.reduce((sum, { ms = 0 }) => sum + ms, 0))}"`;

const seconds = (ms: number): string => (ms / 1000).toFixed(3);

/** XML 1.0 knows most control characters and halves of surrogate pairs not at all, escaped or not. */
export function escapeXml(text: string, place: 'attribute' | 'text' = 'attribute'): string {
  const escaped = text
    .toWellFormed()
    // biome-ignore lint/suspicious/noControlCharactersInRegex: these are the ones that XML forbids.
    .replace(/[\u0000-\u0008\u000B\u000C\u000E-\u001F\uFFFE\uFFFF]/g, '\uFFFD')
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;');
  if (place === 'text') return escaped.replaceAll('\r', '&#13;');
  return escaped.replaceAll('"', '&quot;').replaceAll('\n', '&#10;').replaceAll('\r', '&#13;').replaceAll('\t', '&#9;');
}
