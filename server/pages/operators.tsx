/**
 * What waits for operators and roles: first what must be decided, then what is to be passed on, because
 * no channel carries it yet. Each item says who, since when and why, and what can be done.
 */
import { useEffect, useState } from 'preact/hooks';
import type { OperatorItem } from '../../runtime/control.ts';
import type { OperatorsPageData } from '../plugins/operators.ts';
import './operators.css';
import { call, goToSignIn, isApiProblem, sentenceOf } from './api.ts';
import { ClockBar, useClockStream, useProgramClock } from './clock-bar.tsx';
import { Deciding, type Word } from './deciding.tsx';
import { countText, distanceText, nameText, readerZone, shortMomentText, valueText } from './format.ts';
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

/** What closing an item says about it. */
const closings: Record<OperatorItem['kind'], string> = {
  escalation: 'Close',
  'access-request': 'Decline',
  failure: 'Close',
  message: 'Passed on',
  question: '',
  proposal: '',
  document: 'Sent',
  call: 'Done',
};

const isToPassOn = ({ kind }: OperatorItem): boolean => kind === 'message' || kind === 'document' || kind === 'call';

function Operators({ data }: { data: OperatorsPageData }) {
  const [items, setItems] = useState(data.items);
  const [to, setTo] = useState<string | null>(null);
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
  const roles = [...new Set(items.map((item) => item.to))].sort();
  const role = to !== null && roles.includes(to) ? to : null;
  const shown = oncePerClimb(items.filter((item) => role === null || item.to === role));
  const decisions = shown.filter((item) => !isToPassOn(item));
  const toPassOn = shown.filter(isToPassOn);
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
                ? 'Decisions, questions, escalations, requests and failures come here.'
                : sentence(decisions.length, toPassOn.length)}
              {data.development && <span class="faint"> In development everyone signed in is an operator.</span>}
            </p>
          </div>
          {roles.length > 1 && (
            <label class="for-role">
              <span>For</span>
              <select class="input" value={role ?? ''} onChange={(event) => setTo(event.currentTarget.value || null)}>
                <option value="">everybody</option>
                {roles.map((one) => (
                  <option key={one} value={one}>
                    {nameText(one)}
                  </option>
                ))}
              </select>
            </label>
          )}
        </header>
        {items.length === 0 && (
          <div class="card empty">
            <h2>Nothing waits</h2>
            <p>When a program needs somebody’s word, escalates, or something fails for good, you find it here.</p>
          </div>
        )}
        {decisions.length > 0 && (
          <ul class="items">
            {decisions.map((item) => (
              <Item key={item.id} item={item} now={clock.now} done={refresh} />
            ))}
          </ul>
        )}
        {toPassOn.length > 0 && (
          <section class="pass-on" aria-labelledby="pass-on-title">
            <h2 id="pass-on-title">To be passed on</h2>
            <p class="soft small">
              Programs want these said, sent or called outside. No channel carries them yet, so nothing has been sent:
              see to each by hand, and then mark it.
            </p>
            <ul class="items">
              {toPassOn.map((item) => (
                <Item key={item.id} item={item} now={clock.now} done={refresh} />
              ))}
            </ul>
          </section>
        )}
      </main>
    </>
  );
}

/** An escalation that has climbed is one thing: it is shown where it has come to. */
function oncePerClimb(items: OperatorItem[]): OperatorItem[] {
  const highest = new Map(items.map((item) => [item.details.climb ?? item.id, item.id]));
  return items.filter((item) => highest.get(item.details.climb ?? item.id) === item.id);
}

function sentence(decisions: number, toPassOn: number): string {
  const word = decisions === 0 ? 'Nothing needs a decision' : countText(decisions, 'thing needs', 'things need');
  const rest = toPassOn === 0 ? '' : ` ${countText(toPassOn, 'thing is', 'things are')} to be passed on.`;
  return `${word}${decisions === 0 ? '' : ' a person’s word'}.${rest}`;
}

function Item({ item, now, done }: { item: OperatorItem; now: number; done: () => Promise<void> }) {
  const [busy, setBusy] = useState(false);
  const [problem, setProblem] = useState<string | null>(null);
  const { details } = item;
  const post = async (action: 'close' | 'approve' | 'refuse' | 'answer', body: object = {}): Promise<void> => {
    await call('POST', `/api/operators/items/${encodeURIComponent(item.id)}/${action}`, body);
    await done();
  };
  const act = async (action: 'close' | 'approve'): Promise<void> => {
    setBusy(true);
    setProblem(null);
    try {
      await post(action);
    } catch (error) {
      setProblem(sentenceOf(error));
    }
    setBusy(false);
  };
  const send = (word: Word): Promise<void> => {
    if (word.kind === 'approve') return post('approve', word.value === undefined ? {} : { value: word.value });
    if (word.kind === 'refuse') return post('refuse');
    return word.kind === 'answer' ? post('answer', { value: word.value }) : post('close');
  };
  const kind = kinds[item.kind];
  const zone = readerZone();
  const decides =
    item.kind === 'proposal' || item.kind === 'question'
      ? item.kind
      : details.climb !== undefined
        ? ('escalation' as const)
        : null;
  const closing = decides === null ? closings[item.kind] : '';
  return (
    <li class="card item" data-item={item.kind}>
      <div class="item-words">
        <p class="item-head">
          <span class={`chip ${kind.tone}`}>{kind.label}</span>
          <span>for {nameText(item.to)}</span>
          {item.person && <strong class="soft">{item.person.email}</strong>}
          {item.program && <span>{nameText(item.program)}</span>}
          <time dateTime={new Date(item.at).toISOString()} title={shortMomentText(item.at, zone)}>
            {distanceText(item.at, now).replace(/^now$/, 'just now')}
          </time>
        </p>
        {details.name !== undefined && <h3 class="item-name">{nameText(details.name)}</h3>}
        <p class="item-text">
          {details.place && <span class="faint">{details.place} · </span>}
          {item.kind === 'call'
            ? `${nameText(details.service ?? item.to)}: ${nameText(details.action ?? '')}`
            : item.text}
        </p>
        {details.fields && Object.keys(details.fields).length > 0 && (
          <dl class="item-fields">
            {Object.entries(details.fields).map(([name, value]) => (
              <div key={name}>
                <dt>{nameText(name)}</dt>
                <dd>{valueText(value, zone)}</dd>
              </div>
            ))}
          </dl>
        )}
        {typeof details.expiresAt === 'number' && (
          <p class="item-until">
            {decides === 'escalation' ? 'Goes on to the next rung ' : 'Lapses '}
            {shortMomentText(details.expiresAt, zone)}, {distanceText(details.expiresAt, now)}.
          </p>
        )}
      </div>
      <div class="item-actions">
        {decides !== null && (
          <Deciding
            what={decides}
            answer={details.answer ?? null}
            value={details.value ?? null}
            zone={zone}
            send={send}
          />
        )}
        {item.kind === 'access-request' && (
          <button type="button" class="button is-small is-primary" disabled={busy} onClick={() => void act('approve')}>
            Approve
          </button>
        )}
        {closing !== '' && (
          <button type="button" class="button is-small" disabled={busy} onClick={() => void act('close')}>
            {closing}
          </button>
        )}
        {item.enrollment && (
          <a class="button is-small is-quiet" href={`/enrollments/${item.enrollment}`}>
            Timeline
          </a>
        )}
      </div>
      {problem && (
        <p class="note is-bad" role="alert">
          {problem}
        </p>
      )}
    </li>
  );
}

start(<Operators data={pageData<OperatorsPageData>()} />);
