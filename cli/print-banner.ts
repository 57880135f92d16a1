/**
 * What `regimen dev` says when everything runs: where to look, and what talks, ticks and remembers.
 */
import { longLocalTime } from '../runtime/calendar.ts';
import type { Config } from '../server/config.ts';
import type { Regimen } from '../server/main.ts';
import type { Paint } from './command.ts';

/** More programs than this are not listed one by one. */
const programsShownMax = 5;

export function printBanner(
  given: { regimen: Regimen; config: Config; folder: string; data: string },
  paint: Paint,
): string {
  const { regimen, config, folder, data } = given;
  const { addresses, programs, agent } = regimen;
  const shown = programs.slice(0, programsShownMax);
  const links: [string, string, string][] = [
    ...shown.map(({ name, title }, index): [string, string, string] => [
      title,
      addresses.chat(name),
      index === 0 ? 'talk to it' : '',
    ]),
    ...(programs.length > shown.length
      ? [['All programs', addresses.home, `${programs.length} of them`] as [string, string, string]]
      : []),
    ['Timelines', addresses.timelines, 'what happened to whom, and why'],
    ['Editor', addresses.editor(shown[0]?.name ?? null), 'change the program while it runs'],
  ];
  const nameWidth = Math.max(...links.map(([name]) => name.length));
  const linkWidth = Math.max(...links.map(([, link]) => link.length));
  const facts: [string, string][] = [
    [
      'Agent',
      agent.kind === 'anthropic'
        ? agent.model
        : `scripted: it speaks prepared lines, because no model key is set ${paint('dim', '(ANTHROPIC_API_KEY)')}`,
    ],
    [
      'Clock',
      `${longLocalTime(regimen.startedAt, Intl.DateTimeFormat().resolvedOptions().timeZone)} ${paint('dim', '· move it on the page, or with')} npx regimen clock --advance 3d`,
    ],
    [
      'Data',
      config.databaseUrl === null
        ? `${data} ${paint('dim', '· the next start finds it again')}`
        : 'the database of DATABASE_URL',
    ],
    [
      'Programs',
      programs.length === 0
        ? `none yet: write one in ${folder}`
        : `${folder} ${paint('dim', '· saving a file publishes a new version')}`,
    ],
    ...(config.slack === null
      ? []
      : ([['Slack', `${addresses.home.replace(/\/$/, '')}/slack/events`]] as [string, string][])),
  ];
  const factWidth = Math.max(...facts.map(([name]) => name.length));
  return [
    '',
    `  ${paint('bold', 'Regimen')} ${paint('dim', config.environment)}`,
    '',
    ...links.map(([name, link, about]) =>
      `  ${paint('bold', name.padEnd(nameWidth))}  ${paint('cyan', link.padEnd(linkWidth))}  ${paint('dim', about)}`.trimEnd(),
    ),
    '',
    ...facts.map(([name, about]) => `  ${paint('dim', name.padEnd(factWidth))}  ${about}`),
    '',
    `  ${paint('dim', 'Ctrl-C stops everything.')}`,
    '',
  ].join('\n');
}
