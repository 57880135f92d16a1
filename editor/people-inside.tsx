/**
 * The people inside an earlier version, in the publish dialog: how many can go over to the new one, who cannot and
 * what would have to be written, and the choice whether they go.
 */
import type { VersionGroup, VersionReport, VersionVerdict } from '../runtime/version-plan.ts';
import { versionsText } from '../runtime/version-way.ts';

/** Reasons shown; the rest is said by `regimen plan`. */
const groupsMax = 5;

const words: Record<VersionVerdict, string> = {
  same: 'can go over, and nothing changes for them',
  adopts: 'can go over',
  'needs-migrate': 'cannot without a line of migrate',
  refused: 'cannot go over',
};

type Properties = { report: VersionReport; adopting: boolean; choose: (adopting: boolean) => void };

export function PeopleInside({ report, adopting, choose }: Properties) {
  const { people, counts, waiting, moving, to } = report;
  if (people === 0) return null;
  const verdicts = (Object.keys(words) as VersionVerdict[]).filter((verdict) => counts[verdict] > 0);
  const held = report.groups.filter(({ why }) => why !== null);
  const able = counts.same + counts.adopts;
  const roundabout = report.versions.flatMap(({ via, ...one }) => (via === undefined ? [] : [{ via, ...one }]));
  return (
    <section class="people-inside" aria-label="People inside">
      <p class="people-counts">
        {verdicts.map((verdict) => (
          <span key={verdict} class={`people-count is-${verdict}`}>
            <b>{counts[verdict]}</b> {words[verdict]}
          </span>
        ))}
      </p>
      {moving.map(({ to: place, finishes, people: count }) => (
        <p key={`${finishes} ${place}`} class="people-more">
          <b>{count}</b> of them {going(count, finishes)} {place.replaceAll('_', ' ')} at once
        </p>
      ))}
      {waiting > 0 && (
        <p class="people-more">
          <b>{waiting}</b> of them {waiting === 1 ? 'waits' : 'wait'} until what is in hand, or a pause, is over
        </p>
      )}
      {roundabout.map(({ from, via, people: count }) => (
        <p key={from} class="people-more">
          <b>{count}</b> of version {from}: by way of {versionsText(via)}
        </p>
      ))}
      {held.length > 0 && (
        <ul class="people-held">
          {held.slice(0, groupsMax).map((group) => (
            <Held key={`${group.from} ${group.stage} ${group.remedy}`} group={group} />
          ))}
        </ul>
      )}
      {held.length > groupsMax && <p class="people-more">… and {held.length - groupsMax} more reasons.</p>}
      {able > 0 && (
        <label class="people-choice">
          <input
            type="checkbox"
            checked={adopting}
            onChange={(event) => choose((event.currentTarget as HTMLInputElement).checked)}
          />
          Let {able === 1 ? 'the one who can' : `the ${able} who can`} go over to version {to}
        </label>
      )}
    </section>
  );
}

function going(people: number, finishes: boolean): string {
  if (finishes) return people === 1 ? 'finishes as' : 'finish as';
  return people === 1 ? 'moves on to' : 'move on to';
}

function Held({ group: { stage, from, people, why, remedy } }: { group: VersionGroup }) {
  return (
    <li>
      <b>{people}</b> in {stage}, from version {from}: {why} {remedy}
    </li>
  );
}
