/**
 * Sign-in: an email, then the six digits of the code. Goes on to where one wanted to go.
 */
import { useEffect, useRef, useState } from 'preact/hooks';
import './sign-in.css';
import { call, sentenceOf } from './api.ts';
import { readerZone } from './format.ts';
import { pageData, start } from './start.tsx';
import { Mark } from './top-bar.tsx';

type Data = { next: string; development: boolean; deliversCodes: boolean };

type Asked = { email: string; developmentCode?: string };

function SignIn({ data }: { data: Data }) {
  const [asked, setAsked] = useState<Asked | null>(null);
  return (
    <main class="sign-in">
      <div class="sign-in-box">
        <a class="brand" href="/">
          <Mark />
          <span>Regimen</span>
        </a>
        {asked === null ? (
          <EmailStep data={data} asked={setAsked} />
        ) : (
          <CodeStep key={asked.email} data={data} asked={asked} again={setAsked} />
        )}
      </div>
    </main>
  );
}

function EmailStep({ data, asked }: { data: Data; asked: (asked: Asked) => void }) {
  const [email, setEmail] = useState('');
  const form = useRequest();
  const field = useFocus<HTMLInputElement>();
  const submit = (event: Event) => {
    event.preventDefault();
    void form.run(async () => asked(await call<Asked>('POST', '/api/sign-in', { email })));
  };
  return (
    <>
      <div class="sign-in-head">
        <h1>Sign in</h1>
        <p>Enter your email and we give you a one-time code. There is no password to remember.</p>
      </div>
      {!data.deliversCodes && (
        <p class="note is-bad">
          This server cannot deliver sign-in codes yet: mail is not set up. Whoever runs it can set{' '}
          <code>REGIMEN_PRINT_CODES=yes</code> to have codes written to its log.
        </p>
      )}
      <form onSubmit={submit}>
        <div class="field">
          <label for="email">Email</label>
          <input
            ref={field}
            id="email"
            class="input"
            type="email"
            name="email"
            autocomplete="email"
            required
            placeholder="you@example.org"
            value={email}
            onInput={(event) => setEmail(event.currentTarget.value)}
          />
        </div>
        {form.problem && (
          <p class="note is-bad" role="alert">
            {form.problem}
          </p>
        )}
        <button type="submit" class="button is-primary is-large" disabled={form.busy || !data.deliversCodes}>
          {form.busy ? 'One moment…' : 'Continue'}
        </button>
      </form>
    </>
  );
}

function CodeStep({ data, asked, again }: { data: Data; asked: Asked; again: (asked: Asked | null) => void }) {
  const [code, setCode] = useState('');
  const form = useRequest();
  const field = useFocus<HTMLInputElement>();
  const verify = (digits: string) =>
    form.run(async () => {
      await call('POST', '/api/sign-in/code', { code: digits, zone: readerZone() });
      location.assign(data.next);
      // The button stays busy until the next page is there.
      await new Promise(() => undefined);
    });
  const change = (text: string) => {
    const digits = text.replace(/\D/g, '').slice(0, 6);
    setCode(digits);
    if (digits.length === 6) void verify(digits);
  };
  return (
    <>
      <div class="sign-in-head">
        <h1>Enter your code</h1>
        <p>
          {data.development ? 'A six-digit code was made for ' : 'The six-digit code for '}
          <strong>{asked.email}</strong>
          {data.development ? '. ' : ' is in the log of this server; whoever runs it can read it to you. '}
          It works for ten minutes, in this browser.
        </p>
      </div>
      {asked.developmentCode && (
        <div class="note is-development development-code">
          <span>
            Development only. Your code is <strong>{asked.developmentCode}</strong>
          </span>
          <button type="button" class="button is-small" onClick={() => change(asked.developmentCode ?? '')}>
            Use it
          </button>
        </div>
      )}
      <form
        onSubmit={(event) => {
          event.preventDefault();
          void verify(code);
        }}
      >
        <div class="field">
          <label for="code">Six-digit code</label>
          <input
            ref={field}
            id="code"
            class="input sign-in-code"
            inputMode="numeric"
            autocomplete="one-time-code"
            pattern="[0-9]{6}"
            required
            placeholder="000000"
            value={code}
            onInput={(event) => change(event.currentTarget.value)}
          />
        </div>
        {form.problem && (
          <p class="note is-bad" role="alert">
            {form.problem}
          </p>
        )}
        <button type="submit" class="button is-primary is-large" disabled={form.busy || code.length !== 6}>
          {form.busy ? 'One moment…' : 'Sign in'}
        </button>
        <button type="button" class="button is-quiet" onClick={() => again(null)}>
          Use another email or ask for a new code
        </button>
      </form>
    </>
  );
}

/** One request at a time, with its sentence when it fails. */
function useRequest(): { busy: boolean; problem: string | null; run: (work: () => Promise<void>) => Promise<void> } {
  const [busy, setBusy] = useState(false);
  const [problem, setProblem] = useState<string | null>(null);
  return {
    busy,
    problem,
    async run(work) {
      if (busy) return;
      setBusy(true);
      setProblem(null);
      try {
        await work();
      } catch (error) {
        setProblem(sentenceOf(error));
      }
      setBusy(false);
    },
  };
}

function useFocus<T extends HTMLElement>() {
  const element = useRef<T>(null);
  useEffect(() => element.current?.focus(), []);
  return element;
}

start(<SignIn data={pageData<Data>()} />);
