/**
 * What comes next and why: the next due time, and for each way out of the stage which clause holds.
 */
import { useState } from 'preact/hooks';
import type { WhyClause, WhyPause, WhyTransition } from '../../../runtime/why.ts';
import type { EnrollmentPageView } from '../../enrollment-page.ts';
import {
  countText,
  dayKey,
  dayText,
  distanceText,
  momentText,
  shortMomentText,
  timeText,
  valueText,
} from '../format.ts';

export function Next({ view, now, zone }: { view: EnrollmentPageView; now: number; zone: string }) {
  const { enrollment, why } = view;
  if (enrollment.status === 'finished') {
    return (
      <section class="card panel next" aria-labelledby="next-title">
        <h2 id="next-title">Finished</h2>
        <p class="next-when">
          {enrollment.finishedAt === null ? enrollment.stageTitle : momentText(enrollment.finishedAt, zone)}
        </p>
        <p class="soft small">
          {view.planned.length === 0 ? 'Nothing more is due. The timeline stays.' : 'One thing is still to be said.'}
        </p>
        <Planned view={view} zone={zone} />
      </section>
    );
  }
  return (
    <section class="card panel next" aria-labelledby="next-title">
      <h2 id="next-title">Next</h2>
      {why.next === null ? (
        <>
          <p class="next-when">Nothing by time alone</p>
          <p class="soft small">{pausedBy(why.pauses) ?? 'The person’s next message or event moves things on.'}</p>
        </>
      ) : (
        <>
          <p class="next-when">
            {momentText(why.next.at, zone)} <span>{distanceText(why.next.at, now)}</span>
          </p>
          <p class="soft small">{sentence(why.next.what)}</p>
        </>
      )}
      {view.running && <p class="note">The agent is at work on a message.</p>}
      {view.question && (
        <p class="note">
          A question is open since {shortMomentText(view.question.askedAt, zone)}
          {view.question.expiresAt === null
            ? '.'
            : `; an answer is expected by ${shortMomentText(view.question.expiresAt, zone)}.`}
        </p>
      )}
      <Planned view={view} zone={zone} />
      <Ahead view={view} now={now} zone={zone} />
    </section>
  );
}

/** Why nothing comes by itself; undefined where nothing is paused. */
function pausedBy([pause]: readonly WhyPause[]): string | undefined {
  if (pause === undefined) return undefined;
  const what = pause.what === 'person' ? 'It' : `The whole ${pause.what}`;
  return sentence(`${what} is paused: ${pause.reason}`);
}

/** What the next days bring, one line each with its day where that changes. */
function Ahead({ view, now, zone }: { view: EnrollmentPageView; now: number; zone: string }) {
  const { coming, more } = view.ahead;
  if (coming.length === 0) return null;
  const days = Map.groupBy(coming, ({ at }) => dayKey(at, zone));
  return (
    <details class="ahead">
      <summary>The next seven days, if nothing happens</summary>
      {[...days].map(([key, those]) => (
        <div key={key}>
          <h3>{dayText(those[0]?.at ?? now, now, zone)}</h3>
          <ul>
            {those.map(({ at, title, detail }, index) => (
              <li key={`${at} ${index}`}>
                <time>{timeText(at, zone)}</time>
                <span>
                  {title}
                  {detail !== undefined && <span class="soft"> · {detail}</span>}
                </span>
              </li>
            ))}
          </ul>
        </div>
      ))}
      {more && <p class="soft small">And more.</p>}
    </details>
  );
}

function Planned({ view, zone }: { view: EnrollmentPageView; zone: string }) {
  return (
    <>
      {view.planned.map((message) => (
        <p class="note" key={message.sendAt + message.text}>
          Waits for {shortMomentText(message.sendAt, zone)}: “{message.text}”
        </p>
      ))}
    </>
  );
}

/** Ways shown before the reader asks for the rest. */
const waysAtOnce = 4;

export function WhyNot({ view, now, zone }: { view: EnrollmentPageView; now: number; zone: string }) {
  const [all, setAll] = useState(false);
  const ways = inReach(view.why.transitions);
  const rest = ways.length - waysAtOnce;
  return (
    <section class="card panel why" aria-labelledby="why-title">
      <h2 id="why-title">Why not yet</h2>
      {ways.length === 0 ? (
        <p class="panel-empty">No rule leads out of this stage.</p>
      ) : (
        <ul class="ways">
          {ways.slice(0, all ? ways.length : waysAtOnce).map((transition) => (
            <Way key={transition.rule} transition={transition} now={now} zone={zone} />
          ))}
        </ul>
      )}
      {rest > 0 && (
        <button
          type="button"
          class="button is-small is-quiet ways-more"
          aria-expanded={all}
          onClick={() => setAll(!all)}
        >
          {all ? 'Show fewer' : `Show ${countText(rest, 'more way', 'more ways')}`}
        </button>
      )}
      <Threads view={view} now={now} zone={zone} />
    </section>
  );
}

/** More tracks and items than this are folded away together. */
const threadsAtOnce = 3;

function Threads({ view, now, zone }: { view: EnrollmentPageView; now: number; zone: string }) {
  const { threads } = view.why;
  const each = threads.map((thread) => (
    <details key={thread.title}>
      <summary>
        {thread.title} · {thread.stageTitle}
      </summary>
      {thread.transitions.length === 0 ? (
        <p class="panel-empty">No rule leads out of this stage.</p>
      ) : (
        <ul class="ways">
          {inReach(thread.transitions).map((transition) => (
            <Way key={transition.rule} transition={transition} now={now} zone={zone} />
          ))}
        </ul>
      )}
    </details>
  ));
  if (threads.length <= threadsAtOnce) return <>{each}</>;
  return (
    <details>
      <summary>Tracks and items ({threads.length})</summary>
      {each}
    </details>
  );
}

/**
 * First what leads on, then what time alone brings, the soonest first, then what facts or an entry bring; words last.
 */
function inReach(transitions: WhyTransition[]): WhyTransition[] {
  const rank = ({ by, move, clauses, holdsAt }: WhyTransition): number => {
    if (by === 'moment' && holdsAt !== null) return 1;
    if (by !== 'facts') return by === 'entry' ? 3 : 4;
    if (move.startsWith('advance')) return 0;
    return Number.isFinite(dueAt(clauses)) ? 1 : 2;
  };
  const soon = ({ clauses }: WhyTransition): number => Math.min(dueAt(clauses), Number.MAX_SAFE_INTEGER);
  return [...transitions].sort((a, b) => rank(a) - rank(b) || soon(a) - soon(b));
}

/** When time alone will have made all clauses true; infinite where it will not. */
const dueAt = (clauses: WhyClause[]): number =>
  Math.max(0, ...clauses.map(({ holds, holdsAt }) => (holds ? 0 : (holdsAt ?? Number.POSITIVE_INFINITY))));

function Way({ transition, now, zone }: { transition: WhyTransition; now: number; zone: string }) {
  return (
    <li class="way">
      <p class="way-move">
        <span>{transition.title}</span>
        {transition.by !== 'command' && (
          <span class={transition.holds ? 'chip is-good' : 'chip'}>{transition.holds ? 'holds' : 'not yet'}</span>
        )}
      </p>
      <ul>
        {transition.clauses.map((clause) => (
          <Clause key={clause.source} clause={clause} now={now} zone={zone} />
        ))}
      </ul>
    </li>
  );
}

function Clause({ clause, now, zone }: { clause: WhyClause; now: number; zone: string }) {
  return (
    <li class={`clause ${clause.holds ? 'holds' : ''}`}>
      <Sign holds={clause.holds} />
      <div>
        <code>{clause.source}</code>
        {clause.values.length > 0 && (
          <p>
            {clause.values.map(({ source, value }) => (
              <span key={source}>
                {source} is <strong>{value === null ? 'not known' : valueText(value, zone)}</strong>
              </span>
            ))}
          </p>
        )}
        {!clause.holds && clause.holdsAt !== null && (
          <p class="clause-time">
            Time alone makes this true on <strong>{momentText(clause.holdsAt, zone)}</strong>,{' '}
            {distanceText(clause.holdsAt, now)}.
          </p>
        )}
      </div>
    </li>
  );
}

function Sign({ holds }: { holds: boolean }) {
  return (
    <svg viewBox="0 0 16 16" role="img" aria-label={holds ? 'holds' : 'does not hold'}>
      {holds ? (
        <>
          <circle cx="8" cy="8" r="7" fill="currentColor" />
          <path
            d="M5 8.2l2.1 2.1L11 6.3"
            fill="none"
            stroke="var(--surface)"
            stroke-width="1.7"
            stroke-linecap="round"
            stroke-linejoin="round"
          />
        </>
      ) : (
        <circle cx="8" cy="8" r="6.2" fill="none" stroke="currentColor" stroke-width="1.6" />
      )}
    </svg>
  );
}

const sentence = (text: string): string => {
  const begun = text.charAt(0).toUpperCase() + text.slice(1);
  return /[.!?]$/.test(begun) ? begun : `${begun}.`;
};
