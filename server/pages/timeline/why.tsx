/**
 * What comes next and why: the next due time, and for each way out of the stage which clause holds.
 */
import type { WhyClause, WhyTransition } from '../../../runtime/why.ts';
import type { EnrollmentPageView } from '../../enrollment-page.ts';
import { distanceText, momentText, shortMomentText, valueText } from '../format.ts';

export function Next({ view, now, zone }: { view: EnrollmentPageView; now: number; zone: string }) {
  const { enrollment, why } = view;
  if (enrollment.status === 'finished') {
    return (
      <section class="card panel next" aria-labelledby="next-title">
        <h2 id="next-title">Finished</h2>
        <p class="next-when">
          {enrollment.finishedAt === null ? enrollment.stageTitle : momentText(enrollment.finishedAt, zone)}
        </p>
        <p class="soft small">Nothing more is due. The timeline stays.</p>
      </section>
    );
  }
  return (
    <section class="card panel next" aria-labelledby="next-title">
      <h2 id="next-title">Next</h2>
      {why.next === null ? (
        <>
          <p class="next-when">Nothing by time alone</p>
          <p class="soft small">The person’s next message or event moves things on.</p>
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
      {view.planned.map((message) => (
        <p class="note" key={message.sendAt + message.text}>
          Waits for {shortMomentText(message.sendAt, zone)}: “{message.text}”
        </p>
      ))}
    </section>
  );
}

export function WhyNot({ view, now, zone }: { view: EnrollmentPageView; now: number; zone: string }) {
  const { transitions } = view.why;
  return (
    <section class="card panel" aria-labelledby="why-title">
      <h2 id="why-title">Why not yet</h2>
      {transitions.length === 0 ? (
        <p class="panel-empty">No rule leads out of this stage.</p>
      ) : (
        <ul class="ways">
          {transitions.map((transition) => (
            <Way key={transition.rule} transition={transition} now={now} zone={zone} />
          ))}
        </ul>
      )}
    </section>
  );
}

function Way({ transition, now, zone }: { transition: WhyTransition; now: number; zone: string }) {
  return (
    <li class="way">
      <p class="way-move">
        <span>{transition.move}</span>
        <span class={transition.holds ? 'chip is-good' : 'chip'}>{transition.holds ? 'holds' : 'not yet'}</span>
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
