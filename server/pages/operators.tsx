/**
 * What waits for an operator: each item says who, since when and why, and what can be done.
 */
import { useEffect, useState } from 'preact/hooks';
import type { OperatorItem } from '../../runtime/control.ts';
import type { OperatorsPageData } from '../plugins/operators.ts';
import './operators.css';
import { call, goToSignIn, isApiProblem, sentenceOf } from './api.ts';
import { ClockBar, useClockStream, useProgramClock } from './clock-bar.tsx';
import { countText, distanceText, nameText, readerZone, shortMomentText } from './format.ts';
import { pageData, start } from './start.tsx';
import { TopBar } from './top-bar.tsx';

/** How often an open page looks for new items. */
const refreshMs = 15_000;

const kinds: Record<OperatorItem['kind'], { label: string; tone: string }> = {
  escalation: { label: 'Escalation', tone: 'is-warn' },
  'access-request': { label: 'Asks for access', tone: 'is-good' },
  failure: { label: 'Failure', tone: 'is-bad' },
  message: { label: 'Message', tone: '' },
  question: { label: 'Question', tone: 'is-warn' },
  proposal: { label: 'To be decided', tone: 'is-warn' },
  document: { label: 'Document', tone: '' },
  call: { label: 'Outside call', tone: '' },
};

function Operators({ data }: { data: OperatorsPageData }) {
  const [items, setItems] = useState(data.items);
  const clock = useProgramClock(data.now);
  const refresh = async (): Promise<void> => {
    try {
      setItems((await call<{ items: OperatorItem[] }>('GET', '/api/operators/items')).items);
    } catch (error) {
      if (isApiProblem(error) && error.status === 401) goToSignIn();
    }
  };
  const moved = (now: number): void => {
    clock.setNow(now);
    void refresh();
  };
  useClockStream(data.clockMoves, moved);
  useEffect(() => {
    const timer = setInterval(() => void refresh(), refreshMs);
    return () => clearInterval(timer);
  }, []);
  return (
    <>
      <TopBar place="operators" person={data.person} operator />
      {data.clockMoves && <ClockBar now={clock.now} zone={readerZone()} moved={moved} />}
      <main class="page">
        <header class="page-head">
          <div>
            <h1>Waiting for you</h1>
            <p>
              {items.length === 0
                ? 'Escalations, requests and failures come here.'
                : `${countText(items.length, 'thing needs', 'things need')} a person’s decision.`}
              {data.development && <span class="faint"> In development everyone signed in is an operator.</span>}
            </p>
          </div>
        </header>
        {items.length === 0 ? (
          <div class="card empty">
            <h2>Nothing waits</h2>
            <p>When a program escalates, somebody asks for access, or something fails for good, you find it here.</p>
          </div>
        ) : (
          <ul class="items">
            {items.map((item) => (
              <Item key={item.id} item={item} now={clock.now} done={refresh} />
            ))}
          </ul>
        )}
      </main>
    </>
  );
}

function Item({ item, now, done }: { item: OperatorItem; now: number; done: () => Promise<void> }) {
  const [busy, setBusy] = useState(false);
  const [problem, setProblem] = useState<string | null>(null);
  const [value, setValue] = useState('');
  const act = async (action: 'close' | 'approve' | 'refuse' | 'answer', body: object = {}): Promise<void> => {
    setBusy(true);
    setProblem(null);
    try {
      await call('POST', `/api/operators/items/${encodeURIComponent(item.id)}/${action}`, body);
      await done();
    } catch (error) {
      setProblem(sentenceOf(error));
    }
    setBusy(false);
  };
  const kind = kinds[item.kind];
  return (
    <li class="card item">
      <div>
        <p class="item-head">
          <span class={`chip ${kind.tone}`}>{kind.label}</span>
          {item.person && <strong class="soft">{item.person.email}</strong>}
          {item.program && <span>{nameText(item.program)}</span>}
          <span>for {nameText(item.to)}</span>
          <time dateTime={new Date(item.at).toISOString()} title={shortMomentText(item.at, readerZone())}>
            {distanceText(item.at, now).replace(/^now$/, 'just now')}
          </time>
        </p>
        <p class="item-text">{item.text}</p>
      </div>
      <div class="item-actions">
        {item.enrollment && (
          <a class="button" href={`/enrollments/${item.enrollment}`}>
            Timeline
          </a>
        )}
        {(item.kind === 'access-request' || item.kind === 'proposal') && (
          <button type="button" class="button is-primary" disabled={busy} onClick={() => void act('approve')}>
            Approve
          </button>
        )}
        {item.kind === 'proposal' && (
          <button type="button" class="button" disabled={busy} onClick={() => void act('refuse')}>
            Refuse
          </button>
        )}
        {item.details.options?.map((option) => (
          <button
            key={option}
            type="button"
            class="button is-primary"
            disabled={busy}
            onClick={() => void act('answer', { value: option })}
          >
            {option}
          </button>
        ))}
        {item.kind !== 'proposal' && (
          <button type="button" class="button" disabled={busy} onClick={() => void act('close')}>
            {item.kind === 'access-request' ? 'Decline' : item.details.climb === undefined ? 'Close' : 'I have seen it'}
          </button>
        )}
      </div>
      {item.kind === 'question' && item.details.options?.length === 0 && (
        <form
          class="item-answer"
          onSubmit={(event) => {
            event.preventDefault();
            void act('answer', { value });
          }}
        >
          <label>
            Answer{' '}
            <input value={value} maxLength={1000} required onInput={(event) => setValue(event.currentTarget.value)} />
          </label>{' '}
          <button type="submit" class="button is-primary" disabled={busy || value.trim() === ''}>
            Send
          </button>
        </form>
      )}
      {problem && (
        <p class="note is-bad" role="alert">
          {problem}
        </p>
      )}
    </li>
  );
}

start(<Operators data={pageData<OperatorsPageData>()} />);
