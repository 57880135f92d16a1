/**
 * The start page: the programs that run here, and the state of the house.
 */
import type { HomePageData } from '../plugins/home.ts';
import './home.css';
import { ClockBar, useClockStream, useProgramClock } from './clock-bar.tsx';
import { nameText, readerZone } from './format.ts';
import { pageData, start } from './start.tsx';
import { TopBar } from './top-bar.tsx';

function Home({ data }: { data: HomePageData }) {
  const { now, setNow } = useProgramClock(data.now);
  useClockStream(data.clockMoves, setNow);
  return (
    <>
      <TopBar place="programs" person={data.person} operator={data.operator} />
      {data.clockMoves && <ClockBar now={now} zone={readerZone()} moved={setNow} />}
      <main class="page">
        <div class="home-lead">
          <h1>The program decides, the agent talks.</h1>
          <p>
            Each program below runs for every person in it: on schedule, in conversation, and with a reason for every
            step.
          </p>
        </div>
        {data.programs.length === 0 ? (
          <NoPrograms operator={data.operator} />
        ) : (
          <ul class="programs">
            {data.programs.map((program) => (
              <Program key={program.name} program={program} operator={data.operator} signedIn={data.person !== null} />
            ))}
          </ul>
        )}
        <House data={data} />
      </main>
    </>
  );
}

function Program({
  program,
  operator,
  signedIn,
}: {
  program: HomePageData['programs'][number];
  operator: boolean;
  signedIn: boolean;
}) {
  const { mine, numbers } = program;
  const open = mine?.status === 'active' ? 'Continue' : mine ? 'Open chat' : signedIn ? 'Start' : 'Sign in to start';
  return (
    <li class="card program">
      <div class="program-title">
        <h2>{program.title}</h2>
        <span class="chip">version {program.version}</span>
      </div>
      <p>{program.about || `The program ${nameText(program.name)}.`}</p>
      {mine && (
        <p class="program-mine">
          {mine.status === 'active' ? (
            <span class="chip is-good">You are in: {mine.stageTitle}</span>
          ) : (
            <span class="chip">Ended · {mine.stageTitle}</span>
          )}
        </p>
      )}
      {numbers && (
        <dl class="program-numbers">
          <div>
            <dt>taking part</dt>
            <dd>{numbers.active}</dd>
          </div>
          <div>
            <dt>finished</dt>
            <dd>{numbers.finished}</dd>
          </div>
        </dl>
      )}
      <div class="program-actions">
        <a class="button is-primary" href={`/chat/${program.name}`}>
          {open}
        </a>
        {mine && (
          <a class="button" href={`/enrollments/${mine.id}`}>
            Timeline
          </a>
        )}
        {operator && (
          <a class="button is-quiet" href={`/editor/${program.name}`}>
            Edit
          </a>
        )}
      </div>
    </li>
  );
}

function NoPrograms({ operator }: { operator: boolean }) {
  return (
    <div class="card empty">
      <h2>No program runs here yet</h2>
      <p>
        Put a <code>.regimen</code> file into the <code>programs</code> folder and start again
        {operator ? ', or write one in the editor and publish it.' : '.'}
      </p>
      {operator && (
        <a class="button is-primary" href="/editor">
          Open the editor
        </a>
      )}
    </div>
  );
}

function House({ data }: { data: HomePageData }) {
  return (
    <section class="house" aria-label="How this server is set up">
      <div>
        <h2>
          Agent{' '}
          <span class={data.agent.kind === 'scripted' ? 'chip is-warn' : 'chip is-good'}>
            {data.agent.kind === 'scripted' ? 'scripted' : data.agent.model}
          </span>
        </h2>
        <p>
          {data.agent.kind === 'scripted' ? (
            <>
              No model key is set, so the agent speaks lines written beforehand in the program’s skills. Set{' '}
              <code>ANTHROPIC_API_KEY</code> and start again to have a model talk.
            </>
          ) : (
            'A model does the talking and the judging, inside what each program allows.'
          )}
        </p>
      </div>
      <div>
        <h2>
          Slack <span class={data.slack ? 'chip is-good' : 'chip'}>{data.slack ? 'connected' : 'not set up'}</span>
        </h2>
        <p>
          {data.slack ? (
            'People can talk with their program in Slack too; it is the same conversation.'
          ) : (
            <>
              The web chat needs nothing more. To talk in Slack as well, set <code>SLACK_BOT_TOKEN</code> and{' '}
              <code>SLACK_SIGNING_SECRET</code>.
            </>
          )}
        </p>
      </div>
      {data.development && (
        <div>
          <h2>
            Development <span class="chip is-warn">this machine</span>
          </h2>
          <p>
            Everyone who signs in is an operator, sign-in codes are shown on the page, and the clock can be moved
            forward.
          </p>
        </div>
      )}
    </section>
  );
}

start(<Home data={pageData<HomePageData>()} />);
