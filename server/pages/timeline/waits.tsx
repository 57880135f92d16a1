/**
 * What this person's program waits for from others: decisions, answers, escalations nobody has seen.
 * Operators can see to it here; the person sees that it is being seen to.
 */
import type { Waiting } from '../../../runtime/waiting.ts';
import type { EnrollmentPageView } from '../../enrollment-page.ts';
import { call, newId } from '../api.ts';
import { Deciding, type Word } from '../deciding.tsx';
import { distanceText, nameText, shortMomentText } from '../format.ts';

export function Waits({
  view,
  operator,
  now,
  zone,
}: {
  view: EnrollmentPageView;
  operator: boolean;
  now: number;
  zone: string;
}) {
  if (view.waiting.length === 0) return null;
  return (
    <section class="card panel waits" aria-labelledby="waits-title">
      <h2 id="waits-title">Waits for others</h2>
      <ul>
        {view.waiting.map((one) => (
          <li key={one.id} class="wait" data-waiting={one.kind}>
            <p class="wait-head">
              <span class="chip is-warn">{labels[one.kind]}</span>
              <span>for {nameText(one.to)}</span>
              <time dateTime={new Date(one.at).toISOString()}>
                {distanceText(one.at, now).replace(/^now$/, 'just now')}
              </time>
            </p>
            <p class="wait-text">
              {one.place && <span class="faint">{one.place} · </span>}
              {one.text}
            </p>
            {one.until !== null && <p class="panel-foot">{untilText(one, zone)}</p>}
            {operator && (
              <Deciding
                what={one.kind}
                answer={one.answer}
                value={one.value}
                zone={zone}
                send={(word) => send(view.enrollment.id, one, word)}
              />
            )}
          </li>
        ))}
      </ul>
    </section>
  );
}

const labels: Record<Waiting['kind'], string> = {
  proposal: 'To be decided',
  question: 'Question',
  escalation: 'Escalation',
};

export function untilText({ kind, until }: Pick<Waiting, 'kind' | 'until'>, zone: string): string {
  const when = shortMomentText(until ?? 0, zone);
  if (kind === 'escalation') return `Goes on to the next rung ${when}, unless somebody has seen it.`;
  return kind === 'proposal' ? `To be decided by ${when}.` : `An answer is expected by ${when}.`;
}

function send(enrollment: string, one: Waiting, word: Word): Promise<unknown> {
  const id = newId();
  const post = (what: string, body: object) => call('POST', `/api/enrollments/${enrollment}/${what}`, { id, ...body });
  switch (word.kind) {
    case 'approve':
      return post('decisions', {
        proposal: one.id,
        approve: true,
        ...(word.value === undefined ? {} : { value: word.value }),
      });
    case 'refuse':
      return post('decisions', { proposal: one.id, approve: false });
    case 'answer':
      return post('answers', { question: one.id, value: word.value });
    case 'seen':
      return post('acknowledgements', { climb: one.id });
  }
}
