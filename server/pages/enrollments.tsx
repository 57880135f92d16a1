/**
 * The list of enrollments: who is where, and when something is next due.
 */
import { useState } from 'preact/hooks';
import type { EnrollmentSummary } from '../../runtime/control.ts';
import type { ListPageData } from '../plugins/enrollments.ts';
import './enrollments.css';
import { call } from './api.ts';
import { ClockBar, useClockStream, useProgramClock } from './clock-bar.tsx';
import { countText, distanceText, readerZone, shortMomentText } from './format.ts';
import { pageData, start } from './start.tsx';
import { TopBar } from './top-bar.tsx';

type Status = 'all' | 'active' | 'finished';

const statuses: { value: Status; label: string }[] = [
  { value: 'all', label: 'All' },
  { value: 'active', label: 'Active' },
  { value: 'finished', label: 'Finished' },
];

function Enrollments({ data }: { data: ListPageData }) {
  const zone = readerZone();
  const clock = useProgramClock(data.now);
  const [enrollments, setEnrollments] = useState(data.enrollments);
  const [status, setStatus] = useState<Status>('all');
  const shown = enrollments.filter((enrollment) => status === 'all' || enrollment.status === status);

  const moved = async (now: number): Promise<void> => {
    clock.setNow(now);
    const answer = await call<{ enrollments: EnrollmentSummary[] }>('GET', '/api/enrollments').catch(() => null);
    if (answer !== null) setEnrollments(answer.enrollments);
  };
  useClockStream(data.clockMoves, (now) => void moved(now));

  return (
    <>
      <TopBar place="enrollments" person={data.person} operator={data.operator} />
      {data.clockMoves && <ClockBar now={clock.now} zone={zone} moved={(now) => void moved(now)} />}
      <main class="page">
        <header class="page-head">
          <div>
            <h1>Enrollments</h1>
            <p>
              {data.operator
                ? `${countText(new Set(enrollments.map(({ person }) => person.id)).size, 'person', 'people')} in the programs that run here.`
                : 'The programs you take part in.'}
              {data.operator && data.development && (
                <span class="faint"> In development everyone signed in sees everybody.</span>
              )}
            </p>
          </div>
          {enrollments.length > 0 && (
            <fieldset class="filter" aria-label="Status">
              {statuses.map(({ value, label }) => (
                <button type="button" key={value} aria-pressed={status === value} onClick={() => setStatus(value)}>
                  {label}
                </button>
              ))}
            </fieldset>
          )}
        </header>
        {enrollments.length === 0 ? (
          <div class="card empty">
            <h2>Nobody is enrolled yet</h2>
            <p>The first message to a program enrolls the person who writes it. Open a program and say hello.</p>
            <a class="button is-primary" href="/">
              See the programs
            </a>
          </div>
        ) : shown.length === 0 ? (
          <div class="card empty">
            <h2>Nobody here is {status}</h2>
            <p>Choose another status to see the others.</p>
          </div>
        ) : (
          <div class="card list">
            <table>
              <thead>
                <tr>
                  <th scope="col">Person</th>
                  <th scope="col">Stage</th>
                  <th scope="col">Next due</th>
                  <th scope="col">Status</th>
                </tr>
              </thead>
              <tbody>
                {shown.map((enrollment) => (
                  <Row key={enrollment.id} enrollment={enrollment} now={clock.now} zone={zone} />
                ))}
              </tbody>
            </table>
          </div>
        )}
      </main>
    </>
  );
}

function Row({ enrollment, now, zone }: { enrollment: EnrollmentSummary; now: number; zone: string }) {
  const { person, nextDueAt, finishedAt } = enrollment;
  return (
    <tr>
      <td class="who">
        <a href={`/enrollments/${enrollment.id}`}>{person.name || person.email}</a>
        <small>
          {enrollment.programTitle}
          {enrollment.attempt > 1 ? `, attempt ${enrollment.attempt}` : ''} · version {enrollment.version}
        </small>
      </td>
      <td class="stage">{enrollment.stageTitle}</td>
      <td class="due">
        {finishedAt !== null ? (
          <>
            Finished <small>{shortMomentText(finishedAt, zone)}</small>
          </>
        ) : nextDueAt !== null ? (
          <>
            {distanceText(nextDueAt, now)} <small>{shortMomentText(nextDueAt, zone)}</small>
          </>
        ) : (
          'when the person writes'
        )}
      </td>
      <td class="status">
        <span class={enrollment.status === 'active' ? 'chip is-good' : 'chip'}>{enrollment.status}</span>
      </td>
    </tr>
  );
}

start(<Enrollments data={pageData<ListPageData>()} />);
