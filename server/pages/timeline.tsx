/**
 * One person in one program: where they are, what is known, what comes next and why, and the story
 * so far. Live: the stream brings new rows and the view when it changes.
 */
import { useEffect, useMemo, useState } from 'preact/hooks';
import type { EnrollmentPageView } from '../enrollment-page.ts';
import type { EnrollmentPageData } from '../plugins/enrollments.ts';
import type { RowGroup, ShownRow } from '../shown-row.ts';
import './graph.css';
import './timeline.css';
import './timeline/panels.css';
import { ClockBar, useProgramClock } from './clock-bar.tsx';
import { followEvents } from './event-stream.ts';
import { dayText, readerZone, shortMomentText, timeText } from './format.ts';
import { pageData, start } from './start.tsx';
import { Facts } from './timeline/facts.tsx';
import { type Story, storyDays, withRows } from './timeline/story.ts';
import { Lists, Tracks } from './timeline/threads.tsx';
import { Waits } from './timeline/waits.tsx';
import { Next, WhyNot } from './timeline/why.tsx';
import { TopBar } from './top-bar.tsx';

const filters: { value: RowGroup | null; label: string }[] = [
  { value: null, label: 'Everything' },
  { value: 'conversation', label: 'Conversation' },
  { value: 'progress', label: 'Stages' },
  { value: 'data', label: 'Data' },
  { value: 'agent', label: 'Agent' },
  { value: 'trouble', label: 'Attention' },
];

/** Days shown before the reader asks for more. */
const daysAtOnce = 30;

function EnrollmentPage({ data }: { data: EnrollmentPageData }) {
  const [view, setView] = useState(data.view);
  const [rows, setRows] = useState(data.rows);
  const [lost, setLost] = useState(false);
  const clock = useProgramClock(data.now);
  const { enrollment } = view;
  // One page, one zone: the person's, because the program keeps their time.
  const zone = view.zone;

  useEffect(
    () =>
      followEvents({
        path: `/api/enrollments/${enrollment.id}/events`,
        probe: `/api/enrollments/${enrollment.id}/timeline`,
        after: data.rows.at(-1)?.seq ?? 0,
        state: (state) => setLost(state === 'lost'),
        on: {
          clock: ({ now }: { now: number }) => clock.setNow(now),
          rows: (came: ShownRow[]) => setRows((known) => withRows(known, came)),
          enrollment: (next: { view: EnrollmentPageView; now: number }) => {
            setView(next.view);
            clock.setNow(next.now);
          },
        },
      }),
    [],
  );

  return (
    <>
      <TopBar place="enrollments" person={data.person} operator={data.operator} />
      {data.clockMoves && <ClockBar now={clock.now} zone={zone} moved={clock.setNow} />}
      <main class="page enrollment">
        <header class="enrollment-head">
          <p class="crumb">
            <a href="/enrollments">Enrollments</a>
          </p>
          <h1>{enrollment.person.name || enrollment.person.email}</h1>
          <p class="enrollment-line">
            <span class={enrollment.status === 'active' ? 'chip is-good' : 'chip'} data-stage>
              {enrollment.stageTitle}
            </span>
            <span>{enrollment.programTitle}</span>
            <span>version {enrollment.version}</span>
            {enrollment.attempt > 1 && <span>attempt {enrollment.attempt}</span>}
            {enrollment.status === 'active' && <span>here since {shortMomentText(view.since, zone)}</span>}
            {view.paused && (
              <span class="chip is-warn" title={view.paused.reason}>
                paused{view.paused.until === null ? '' : ` until ${shortMomentText(view.paused.until, zone)}`}
              </span>
            )}
            {zone !== readerZone() && <span>times in {zone.replaceAll('_', ' ')}</span>}
            {lost && <span class="chip is-warn">reconnecting…</span>}
          </p>
          {enrollment.person.email === data.person.email && (
            <a class="button" href={`/chat/${enrollment.program}`}>
              Open chat
            </a>
          )}
        </header>
        <div class="enrollment-columns">
          <div class="enrollment-side">
            <Next view={view} now={clock.now} zone={zone} />
            <Waits view={view} operator={data.operator} now={clock.now} zone={zone} />
            <Tracks view={view} zone={zone} />
            {enrollment.status === 'active' && <WhyNot view={view} now={clock.now} zone={zone} />}
            <Facts view={view} operator={data.operator} now={clock.now} zone={zone} />
          </div>
          <div class="enrollment-main">
            <StageGraph graph={view.graph} />
            <Lists view={view} operator={data.operator} now={clock.now} zone={zone} />
            <Timeline rows={rows} now={clock.now} zone={zone} />
          </div>
        </div>
      </main>
    </>
  );
}

function StageGraph({ graph }: { graph: EnrollmentPageView['graph'] }) {
  return (
    <section class="card panel graph-panel" aria-labelledby="graph-title">
      <h2 id="graph-title">Stages</h2>
      {/* Drawn by the compiler, which escapes all text in it. */}
      <div class="graph is-wide-only" dangerouslySetInnerHTML={{ __html: graph.wide }} />
      <div class="graph is-narrow-only" dangerouslySetInnerHTML={{ __html: graph.narrow }} />
    </section>
  );
}

function Timeline({ rows, now, zone }: { rows: ShownRow[]; now: number; zone: string }) {
  const [show, setShow] = useState<RowGroup | null>(null);
  const [place, setPlace] = useState<string | null>(null);
  const [shownDays, setShownDays] = useState(daysAtOnce);
  const days = useMemo(() => storyDays(rows, show, zone, place), [rows, show, zone, place]);
  const places = useMemo(() => placesOf(rows), [rows]);
  return (
    <section class="timeline" aria-labelledby="timeline-title">
      <div class="timeline-head">
        <h2 id="timeline-title">Timeline</h2>
        <fieldset class="timeline-filter" aria-label="Show">
          {filters.map(({ value, label }) => (
            <button type="button" key={label} aria-pressed={show === value} onClick={() => setShow(value)}>
              {label}
            </button>
          ))}
        </fieldset>
        {places.length > 0 && (
          <select
            class="input timeline-place"
            aria-label="Where it happened"
            value={place ?? ''}
            onChange={(event) => setPlace(event.currentTarget.value || null)}
          >
            <option value="">Everywhere</option>
            <option value="main">The program itself</option>
            {places.map(({ key, title }) => (
              <option key={key} value={key}>
                {title}
              </option>
            ))}
          </select>
        )}
      </div>
      {days.length === 0 && <p class="panel-empty">Nothing of this kind has happened yet.</p>}
      {days.slice(0, shownDays).map((day) => (
        <section key={day.key} class="story-day">
          <h3>{dayText(day.at, now, zone)}</h3>
          <ol>
            {day.stories.map((story) => (
              <StoryItem key={story.cause} story={story} show={show} zone={zone} />
            ))}
          </ol>
        </section>
      ))}
      {days.length > shownDays && (
        <button type="button" class="button" onClick={() => setShownDays(shownDays + daysAtOnce)}>
          Show earlier days
        </button>
      )}
    </section>
  );
}

/** The tracks and items in which something happened, each once, in the order in which they came up. */
function placesOf(rows: ShownRow[]): { key: string; title: string }[] {
  const places = new Map(rows.flatMap(({ thread }) => (thread === null ? [] : [[thread.key, thread]])));
  return [...places.values()];
}

function StoryItem({ story, show, zone }: { story: Story; show: RowGroup | null; zone: string }) {
  const { rows } = story;
  const tone = rows.find((row) => row.tone !== 'quiet')?.tone ?? 'quiet';
  return (
    <li class={`story tone-${tone}`}>
      <time dateTime={new Date(story.at).toISOString()}>{timeText(story.at, zone)}</time>
      <div class="story-rows">
        {rows.map((row) => (
          <div
            key={row.seq}
            class={`row tone-${row.tone} ${show !== null && row.group !== show ? 'is-aside' : ''}`}
            data-seq={row.seq}
          >
            <p class="row-title">
              {row.thread && <span class="row-thread">{row.thread.title}</span>}
              {row.title}
            </p>
            {row.detail && (
              <p class="row-detail" title={row.tone === 'quiet' ? row.detail : undefined}>
                {row.detail}
              </p>
            )}
          </div>
        ))}
      </div>
    </li>
  );
}

start(<EnrollmentPage data={pageData<EnrollmentPageData>()} />);
