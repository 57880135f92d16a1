/**
 * The way in: the programs there are, and a new one.
 */
import './start-page.css';
import { useState } from 'preact/hooks';
import type { EditorPageData } from '../server/pages/editor-data.ts';
import { TopBar } from '../server/pages/top-bar.tsx';
import { programName } from './starter.ts';

export function StartPage({ data }: { data: EditorPageData }) {
  const [title, setTitle] = useState('');
  const name = programName(title);
  const taken = data.programs.some((one) => one.name === name);
  return (
    <>
      <TopBar place="editor" person={data.person} operator={data.operator} />
      <main class="page start">
        <h1>Programs</h1>
        {data.programs.length === 0 ? (
          <p class="start-empty">Nothing is published yet. Name your first program below and start writing.</p>
        ) : (
          <ul class="program-list">
            {data.programs.map((one) => (
              <li key={one.name}>
                <a class="card program-card" href={`/editor/${encodeURIComponent(one.name)}`}>
                  <strong>{one.title}</strong>
                  <span>{one.about}</span>
                  <small>
                    Version {one.version} · {one.active} inside · {one.finished} finished
                  </small>
                </a>
              </li>
            ))}
          </ul>
        )}
        <form
          class="new-program"
          onSubmit={(event) => {
            event.preventDefault();
            if (name !== '') location.assign(addressOf(name, taken ? null : title));
          }}
        >
          <h2>Start a new program</h2>
          <label for="new-title">What is it called?</label>
          <div class="new-row">
            <input
              id="new-title"
              class="input"
              value={title}
              maxLength={80}
              placeholder="Morning walks"
              autocomplete="off"
              aria-describedby="new-name"
              onInput={(event) => setTitle(event.currentTarget.value)}
            />
            <button type="submit" class="button is-primary" disabled={name === ''}>
              {taken ? 'Open' : 'Start writing'}
            </button>
          </div>
          <p id="new-name" class="new-name">
            {name === '' && title.trim() !== '' && 'Use at least one letter of the Latin alphabet.'}
            {name !== '' && taken && 'There is a program of this name: it will be opened.'}
            {name !== '' && !taken && (
              <>
                In the text it will be <code>{name}</code>.
              </>
            )}
          </p>
        </form>
      </main>
    </>
  );
}

/** A new program's title travels in the address, for it is not kept anywhere yet. */
const addressOf = (name: string, title: string | null) =>
  `/editor/${encodeURIComponent(name)}${title === null ? '' : `?title=${encodeURIComponent(title.trim())}`}`;
