/**
 * What a version means for the people inside, for a terminal: how many go over, who cannot and why, and how far a
 * plan has come.
 */
import type {
  PlannedStatus,
  VersionGroup,
  VersionPlan,
  VersionReport,
  VersionVerdict,
} from '../runtime/version-plan.ts';
import { versionsText } from '../runtime/version-way.ts';
import type { Paint, Terminal } from './command.ts';
import { wrapWords } from './wrap-words.ts';

const columns = 96;
const indent = '         ';

/** What is said of one, and of several. */
type Words = readonly [one: string, several: string];

const verdictWords: Record<VersionVerdict, Words> = {
  refused: ['cannot go over', 'cannot go over'],
  'needs-migrate': ['needs a line of `migrate`', 'need a line of `migrate`'],
  adopts: ['can go over', 'can go over'],
  same: ['can go over, and nothing changes for them', 'can go over, and nothing changes for them'],
};
const colors = { refused: 'red', 'needs-migrate': 'yellow', adopts: 'green', same: 'green' } as const;

/** `published`: whether the version is there already, or would be the next. */
export function printReport(report: VersionReport, published: boolean, terminal: Terminal): void {
  const paint = terminal.color.out;
  const { program, to, people, already, counts, waiting, moving, groups, versions } = report;
  const inside =
    people === 0 ? 'nobody is inside on another version' : `${peopleText(people)} inside on other versions`;
  const on = published && already > 0 ? `, ${already.toLocaleString('en')} on this one` : '';
  terminal.out(paint('bold', `${program}, version ${to}${published ? '' : ' (not published yet)'}: ${inside}${on}.`));
  for (const verdict of Object.keys(verdictWords) as VersionVerdict[]) {
    if (counts[verdict] > 0) terminal.out(paint(colors[verdict], counted(counts[verdict], verdictWords[verdict])));
  }
  for (const { to: place, finishes, people: count } of moving) {
    const words = finishes ? endingWords(place) : movingWords(place);
    terminal.out(paint('yellow', `${ofThem(count)} ${words[count === 1 ? 0 : 1]}`));
  }
  if (waiting > 0) terminal.out(`${ofThem(waiting)} ${statusWords.waiting[waiting === 1 ? 0 : 1]}`);
  for (const { from, via, people: count } of versions) {
    if (via !== undefined)
      terminal.out(paint('dim', `${peopleText(count)} of version ${from}: by way of ${versionsText(via)}.`));
  }
  for (const group of groups.filter(({ why }) => why !== null)) {
    terminal.out('');
    for (const line of describe(group, paint)) terminal.out(line);
  }
}

function describe({ from, stage, people, why, remedy, examples }: VersionGroup, paint: Paint): string[] {
  const place = `${people.toLocaleString('en').padStart(8)} ${paint('bold', `in ${stage}, from version ${from}`)}`;
  const told = wrapWords(why ?? '', columns).map((line) => indent + line);
  const mend = remedy ? wrapWords(`→ ${remedy}`, columns).map((line) => indent + paint('cyan', line)) : [];
  const who = paint('dim', `${indent}${examples.join(', ')}${people > examples.length ? ', …' : ''}`);
  return [place, ...told, ...mend, who];
}

const statusWords: Record<PlannedStatus, Words> = {
  adopted: ['went over', 'went over'],
  returned: ['is back', 'are back'],
  waiting: [
    'waits until what is in hand, or a pause, is over, and goes over then',
    'wait until what is in hand, or a pause, is over, and go over then',
  ],
  ready: ['is still to go', 'are still to go'],
  failed: ['could not go when it was their turn', 'could not go when it was their turn'],
  kept: ['could not be taken back', 'could not be taken back'],
  gone: ['had finished, or was on another version by then', 'had finished, or were on another version by then'],
  stayed: ['had not gone over', 'had not gone over'],
  cannot: ['stays where they are', 'stay where they are'],
};

const endingWords = (name: string): Words => [
  `finishes at once, as ${name.replaceAll('_', ' ')}`,
  `finish at once, as ${name.replaceAll('_', ' ')}`,
];
const movingWords = (stage: string): Words => [`moves on to ${stage} at once`, `move on to ${stage} at once`];

const ofThem = (people: number): string => `${indent}${people.toLocaleString('en')} of them`;

/** How far a plan has come. */
export function printProgress({ id, program, to, status, progress }: VersionPlan, terminal: Terminal): void {
  const paint = terminal.color.out;
  terminal.out(paint('bold', `${program}, version ${to}: ${status.replace('-', ' ')} (plan ${id})`));
  for (const [name, words] of Object.entries(statusWords)) {
    const people = progress[name as PlannedStatus];
    if (people > 0) terminal.out(counted(people, words));
  }
}

const counted = (people: number, [one, several]: Words): string =>
  `${people.toLocaleString('en').padStart(8)} ${people === 1 ? one : several}`;

const peopleText = (count: number): string => (count === 1 ? '1 person' : `${count.toLocaleString('en')} people`);
