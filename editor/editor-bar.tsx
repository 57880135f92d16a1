/**
 * The bar above the text: which program, in which state, and the way to publish it. On a narrow
 * screen it also holds the tabs between text, graph and problems.
 */
import type { EditorPageData } from '../server/pages/editor-data.ts';
import type { Checked } from './protocol.ts';
import { titleOf } from './starter.ts';
import type { Pane } from './workbench.tsx';

type Properties = {
  data: EditorPageData;
  name: string;
  version: number;
  /** The text differs from what is published. */
  changed: boolean;
  checked: Checked | null;
  pane: Pane;
  choose: (pane: Pane) => void;
  publish: () => void;
  format: () => void;
  /** Told why publishing is closed, when somebody presses it all the same. */
  explain: (sentence: string) => void;
  /** Why publishing is closed. */
  refused: string | null;
};

export function EditorBar({
  data,
  name,
  version,
  changed,
  checked,
  pane,
  choose,
  publish,
  format,
  explain,
  refused,
}: Properties) {
  const closed = refused ?? (changed ? null : `Version ${version} is this text: there is nothing new to publish.`);
  const problems = (checked?.errors ?? 0) + (checked?.warnings ?? 0);
  const tabs: { pane: Pane; label: string; count?: number }[] = [
    { pane: 'text', label: 'Text' },
    { pane: 'graph', label: 'Stages' },
    { pane: 'problems', label: 'Problems', count: problems },
  ];
  return (
    <>
      <header class="editor-bar">
        <label class="picker">
          <span class="visually-hidden">Program</span>
          <select
            value={name}
            onChange={(event) => {
              const chosen = event.currentTarget.value;
              location.assign(chosen === '' ? '/editor' : `/editor/${encodeURIComponent(chosen)}`);
            }}
          >
            {data.programs.every((one) => one.name !== name) && <option value={name}>{titleOf(name)}</option>}
            {data.programs.map((one) => (
              <option key={one.name} value={one.name}>
                {one.title}
              </option>
            ))}
            <option value="">All programs…</option>
          </select>
        </label>
        <p class="editor-state" data-version={version}>
          {version === 0 ? 'Not published yet' : `Version ${version}`}
          {changed && version > 0 && <span class="editor-changed"> · unpublished changes</span>}
        </p>
        <div class="publish-open">
          <p id="publish-why" class="publish-why">
            {closed}
          </p>
          <button type="button" class="button is-quiet editor-format" title="Shift+Alt+F" onClick={format}>
            Format
          </button>
          <button
            type="button"
            class="button is-primary"
            aria-disabled={closed !== null}
            aria-describedby="publish-why"
            title={closed ?? undefined}
            onClick={() => (closed === null ? publish() : explain(closed))}
          >
            Publish…
          </button>
        </div>
      </header>
      <div class="tabs" role="tablist" aria-label="Parts of the page">
        {tabs.map((tab) => (
          <button
            type="button"
            role="tab"
            key={tab.pane}
            aria-selected={pane === tab.pane}
            onClick={() => choose(tab.pane)}
          >
            {tab.label}{' '}
            {tab.count !== undefined && tab.count > 0 && (
              <span class="tab-count" data-tone={(checked?.errors ?? 0) > 0 ? 'error' : 'warning'}>
                {tab.count}
              </span>
            )}
          </button>
        ))}
      </div>
    </>
  );
}
