/**
 * The bar at the top of every page: where one is, where one can go, who one is.
 */
import type { ComponentChildren } from 'preact';
import './top-bar.css';
import { call } from './api.ts';

export type TopBarPlace = 'programs' | 'enrollments' | 'editor' | 'operators' | null;

export function TopBar(props: {
  place: TopBarPlace;
  person: { email: string } | null;
  operator: boolean;
  /** What the page itself wants to have in the bar. */
  children?: ComponentChildren;
}) {
  const link = (place: TopBarPlace, href: string, text: string) => (
    <a href={href} aria-current={props.place === place ? 'page' : undefined}>
      {text}
    </a>
  );
  return (
    <header class="top-bar">
      <a class="top-bar-brand" href="/" aria-label="Regimen, start page">
        <Mark />
        <span>Regimen</span>
      </a>
      <nav class="top-bar-links" aria-label="Main">
        {link('programs', '/', 'Programs')}
        {props.person && link('enrollments', '/enrollments', 'Enrollments')}
        {props.operator && link('editor', '/editor', 'Editor')}
        {props.operator && link('operators', '/operators', 'Waiting')}
      </nav>
      <div class="top-bar-middle">{props.children}</div>
      {props.person ? (
        <Account email={props.person.email} />
      ) : (
        <a class="button is-small" href="/sign-in">
          Sign in
        </a>
      )}
    </header>
  );
}

function Account({ email }: { email: string }) {
  const signOut = async () => {
    try {
      await call('POST', '/api/sign-out', {});
    } finally {
      location.assign('/');
    }
  };
  return (
    <details class="account">
      <summary aria-label={`Account of ${email}`} title={email}>
        <span class="account-mark" aria-hidden="true">
          {email.slice(0, 1)}
        </span>
      </summary>
      <div class="account-menu">
        <p>
          Signed in as
          <br />
          <strong>{email}</strong>
        </p>
        <a class="button is-quiet" href="/preferences">
          When to write to me
        </a>
        <button type="button" class="button is-quiet" onClick={signOut}>
          Sign out
        </button>
      </div>
    </details>
  );
}

/** The mark: a path that takes a step up. */
export function Mark() {
  return (
    <svg viewBox="0 0 32 32" aria-hidden="true">
      <rect width="32" height="32" rx="8" fill="var(--accent)" />
      <path
        d="M9 22.5h4.5a4 4 0 0 0 4-4v-5a4 4 0 0 1 4-4H23"
        fill="none"
        stroke="var(--on-accent)"
        stroke-width="2.6"
        stroke-linecap="round"
      />
      <circle cx="9" cy="22.5" r="2.6" fill="var(--on-accent)" />
      <circle cx="23" cy="9.5" r="2.6" fill="var(--on-accent)" />
    </svg>
  );
}
