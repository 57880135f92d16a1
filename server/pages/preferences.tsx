/**
 * How a person wants to be written to: where, when, how much, and in which hours not; and what waits for them.
 *
 * It holds for all programs, and for what they begin. Nothing is set until it is saved; what was typed stays
 * when saving fails.
 */
import { useState } from 'preact/hooks';
import { timeText as clockText } from '../../runtime/calendar.ts';
import type { DeliveryPreferences } from '../../runtime/preferences.ts';
import type { Delivery, PreferencesPageData } from '../plugins/preferences.ts';
import './preferences.css';
import { call, sentenceOf } from './api.ts';
import { dayText, nameText, readerZone, timeText } from './format.ts';
import { pageData, start } from './start.tsx';
import { TopBar } from './top-bar.tsx';

/** What is proposed where nothing has been set. */
const proposed = { quiet: { from: 22 * 60, to: 7 * 60 }, at: 18 * 60 };
const limits = [1, 2, 3, 5];

const ways: { kind: DeliveryPreferences['when']['kind']; title: string; about: string }[] = [
  { kind: 'now', title: 'When each program has something', about: 'As soon as it comes up.' },
  { kind: 'preferred', title: 'Around one time of day', about: 'Within an hour from then; each message by itself.' },
  { kind: 'digest', title: 'Once a day, all in one message', about: 'Questions come by themselves, as they come up.' },
];

function Preferences({ data }: { data: PreferencesPageData }) {
  const zone = data.person.zone ?? readerZone();
  const [delivery, setDelivery] = useState<Delivery>(data);
  const [wished, setWished] = useState(data.preferences);
  const [busy, setBusy] = useState(false);
  const [said, setSaid] = useState<{ text: string; bad: boolean } | null>(null);
  const change = (some: Partial<DeliveryPreferences>): void => {
    setSaid(null);
    setWished({ ...wished, ...some });
  };
  const save = async (event: Event): Promise<void> => {
    event.preventDefault();
    setBusy(true);
    try {
      const saved = await call<Delivery>('POST', '/api/preferences', wished);
      setDelivery(saved);
      setWished(saved.preferences);
      setSaid({ text: 'Saved. What waits for you goes by it, too.', bad: false });
    } catch (error) {
      setSaid({ text: sentenceOf(error), bad: true });
    } finally {
      setBusy(false);
    }
  };
  return (
    <>
      <TopBar place={null} person={data.person} operator={data.operator} />
      <main class="page preferences">
        <header class="page-head">
          <div>
            <h1>When to write to me</h1>
            <p>
              For what programs begin by themselves, all of them together. When you write, you are answered at once.
              Times are in {zone}.
            </p>
          </div>
        </header>
        <form class="card preferences-form" onSubmit={(event) => void save(event)}>
          <When wished={wished} change={change} />
          <Quiet wished={wished} change={change} />
          <div class="preferences-pair">
            <HowMuch wished={wished} change={change} />
            {delivery.channels.length > 0 && <Where channels={delivery.channels} wished={wished} change={change} />}
          </div>
          <footer>
            <p class={said?.bad ? 'is-bad' : ''} role={said?.bad ? 'alert' : 'status'}>
              {said?.text}
            </p>
            <button type="submit" class="button is-primary" disabled={busy}>
              {busy ? 'Saving…' : 'Save'}
            </button>
          </footer>
        </form>
        <Waiting delivery={delivery} zone={zone} />
      </main>
    </>
  );
}

type Part = { wished: DeliveryPreferences; change: (some: Partial<DeliveryPreferences>) => void };

function When({ wished: { when }, change }: Part) {
  const at = when.kind === 'now' ? proposed.at : when.at;
  return (
    <fieldset>
      <legend>When</legend>
      {ways.map(({ kind, title, about }) => (
        <div class="choice" key={kind}>
          <label>
            <input
              type="radio"
              name="when"
              checked={when.kind === kind}
              onChange={() => change({ when: kind === 'now' ? { kind } : { kind, at } })}
            />
            <span>
              {title}
              <small>{about}</small>
            </span>
          </label>
          {kind !== 'now' && when.kind === kind && (
            <TimeOfDay label={title} value={at} change={(next) => change({ when: { kind, at: next } })} />
          )}
        </div>
      ))}
    </fieldset>
  );
}

function Quiet({ wished: { quiet }, change }: Part) {
  return (
    <fieldset>
      <legend>Quiet hours</legend>
      <div class="choice">
        <label>
          <input
            type="checkbox"
            checked={quiet !== null}
            onChange={(event) => change({ quiet: event.currentTarget.checked ? proposed.quiet : null })}
          />
          <span>
            Never in these hours
            <small>Beside the quiet hours that programs have of their own.</small>
          </span>
        </label>
        {quiet !== null && (
          <span class="choice-times">
            <TimeOfDay label="from" value={quiet.from} change={(from) => change({ quiet: { ...quiet, from } })} />
            <span class="faint">to</span>
            <TimeOfDay label="to" value={quiet.to} change={(to) => change({ quiet: { ...quiet, to } })} />
          </span>
        )}
      </div>
    </fieldset>
  );
}

function HowMuch({ wished: { perDay }, change }: Part) {
  const shown = perDay !== null && !limits.includes(perDay) ? [...limits, perDay].sort((a, b) => a - b) : limits;
  return (
    <div class="field">
      <label for="per-day">At most in a day</label>
      <select
        id="per-day"
        class="input"
        value={perDay ?? ''}
        onChange={({ currentTarget: { value } }) => change({ perDay: value === '' ? null : Number(value) })}
      >
        <option value="">As many as programs send</option>
        {shown.map((count) => (
          <option key={count} value={count}>
            {count === 1 ? 'One message' : `${count} messages`}
          </option>
        ))}
      </select>
    </div>
  );
}

/** The first choice; the others keep their order behind it. */
function Where({ channels, wished, change }: Part & { channels: string[] }) {
  const names = [...channels.filter((name) => name !== 'web'), 'web'];
  const choose = (name: string): void =>
    change({ channels: name === '' ? [] : [name, ...wished.channels.filter((other) => other !== name)] });
  return (
    <div class="field">
      <label for="where">Where</label>
      <select
        id="where"
        class="input"
        value={wished.channels[0] ?? ''}
        onChange={(event) => choose(event.currentTarget.value)}
      >
        <option value="">Where I wrote last</option>
        {names.map((name) => (
          <option key={name} value={name}>
            {name === 'web' ? 'Only here, in the web chat' : capital(nameText(name))}
          </option>
        ))}
      </select>
    </div>
  );
}

function Waiting({ delivery: { waiting, now }, zone }: { delivery: Delivery; zone: string }) {
  if (waiting.length === 0) return null;
  return (
    <section class="preferences-waiting" aria-labelledby="waiting-title">
      <h2 id="waiting-title">Waiting for you</h2>
      <ul class="card">
        {waiting.map(({ id, programTitle, sendAt, why }) => (
          <li key={id}>
            <strong>{programTitle}</strong>
            <span>
              {sendAt === null || sendAt <= now ? 'soon' : `${dayText(sendAt, now, zone)}, ${timeText(sendAt, zone)}`}
            </span>
            <small>{why.join(' ')}</small>
          </li>
        ))}
      </ul>
    </section>
  );
}

function TimeOfDay(props: { label: string; value: number; change: (minutes: number) => void }) {
  return (
    <input
      class="input"
      type="time"
      required
      aria-label={props.label}
      value={clockText(props.value)}
      onChange={(event) => {
        const [hours, minutes] = event.currentTarget.value.split(':').map(Number);
        if (hours !== undefined && minutes !== undefined) props.change(hours * 60 + minutes);
      }}
    />
  );
}

const capital = (text: string): string => text.charAt(0).toUpperCase() + text.slice(1);

start(<Preferences data={pageData<PreferencesPageData>()} />);
