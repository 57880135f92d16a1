/**
 * The workbench: text, graph and problems of one program, its draft, and publishing.
 *
 * Holds all the state of the page and hands it down; the panes only draw. Checking runs in the
 * language worker; an answer arrives here only if it is about the text on the screen.
 */
import { useCallback, useEffect, useMemo, useRef, useState } from 'preact/hooks';
import type { Span } from '../language/ast.ts';
import type { Diagnostic } from '../language/diagnostics.ts';
import type { FormatProblem } from '../language/format.ts';
import { lineMap } from '../language/position.ts';
import type { WantedScenario } from '../runtime/tell-scenario.ts';
import type { EditorPageData } from '../server/pages/editor-data.ts';
import { TopBar } from '../server/pages/top-bar.tsx';
import { discardDraft, draftKey, readDraft, writeDraft } from './drafts.ts';
import { EditorBar } from './editor-bar.tsx';
import { GraphPane } from './graph-pane.tsx';
import { createLanguageClient } from './language-client.ts';
import { ProblemsPane } from './problems-pane.tsx';
import type { Checked, Project } from './protocol.ts';
import { registerProviders } from './providers.ts';
import { PublishDialog } from './publish-dialog.tsx';
import { useSplitter } from './splitter.tsx';
import { starterText, titleOf } from './starter.ts';
import { registerSuggestions } from './suggestions.ts';
import { createTextEditor, type TextEditor } from './text-editor.ts';
import { startLanguageWorker } from './worker-port.ts';

/** A draft is written this long after the last key, and at once when the page is left. */
const draftDelayMs = 400;
/** A passing message stays this long. */
const passingMs = 4_000;

export type Pane = 'text' | 'graph' | 'problems';
type Properties = { data: EditorPageData; open: NonNullable<EditorPageData['open']> };

export function Workbench({ data, open }: Properties) {
  const [published, setPublished] = useState({
    version: open.version,
    text:
      open.version === 0
        ? starterText(
            open.name,
            new URLSearchParams(location.search).get('title') ?? titleOf(open.name),
            data.environment.skills ?? [],
          )
        : open.source,
  });
  const found = useMemo(() => usefulDraft(open.name, published.text), [open.name]);
  const [text, setText] = useState(found?.text ?? published.text);
  const [draftNotice, setDraftNotice] = useState(found);
  /** The published version this text grew out of; behind `published` when somebody else published since. */
  const [base, setBase] = useState(found?.baseVersion ?? published.version);
  const [checked, setChecked] = useState<Checked | null>(null);
  /** The stage graph as a picture; it comes after the check, which it must not hold up. */
  const [drawing, setDrawing] = useState<string | null | undefined>(undefined);
  const [trouble, setTrouble] = useState<string | null>(null);
  const [cursor, setCursor] = useState(0);
  const [pane, setPane] = useState<Pane>('text');
  const [publishing, setPublishing] = useState(false);
  const [passing, setPassing] = useState<string | null>(null);

  const { side, edge } = useSplitter();
  const host = useRef<HTMLDivElement>(null);
  const editor = useRef<TextEditor | null>(null);
  const formatText = useRef(async () => {});
  const latest = useRef({ text, published, base });
  latest.current = { text, published, base };

  const keepDraft = useCallback(() => {
    const { text, published, base } = latest.current;
    if (text === published.text) return discardDraft(localStorage, open.name);
    const kept = writeDraft(localStorage, open.name, { text, baseVersion: base, savedAt: Date.now() });
    if (!kept) setPassing('This browser refuses to keep drafts. Publish or copy your text before you close the page.');
  }, [open.name]);

  // The editor, its worker and its providers live exactly as long as the page shows this program.
  useEffect(() => {
    if (host.current === null) return;
    const client = createLanguageClient(() => startLanguageWorker(projectOf(data, open)), setTrouble);
    async function check(text: string) {
      const answer = await client.ask({ kind: 'check', text });
      if (answer === null) return;
      editor.current?.showProblems(answer.diagnostics);
      setChecked(answer);
      const picture = await client.ask({ kind: 'draw', text });
      // Null stands for a text that has changed as well; then the next check draws again.
      if (picture !== null || answer.graph === null || answer.graph.nodes.length === 0) setDrawing(picture);
    }
    async function run(wanted: WantedScenario[]) {
      const told = await client.ask({ kind: 'run', text: made.text(), wanted });
      if (told === null || told.length === 0) return setPassing('The text has changed. Run the scenario again.');
      made.showScenarios(told);
      const failed = told.filter((one) => !one.passed);
      const [first] = failed;
      if (first !== undefined) made.goTo(first.failures[0]?.span ?? first.span);
      setPassing(scenariosSentence(told.length, failed.length));
    }
    // The worker starts while Monaco builds its view: the first answer comes a second sooner.
    void check(latest.current.text);
    async function format() {
      const answer = await client.ask({ kind: 'format', text: made.text() });
      if (answer === null) return;
      if ('problem' in answer) return setPassing(unformatted(made.text(), answer.problem));
      if (answer.changed) made.reformat(answer.text);
      setPassing(answer.changed ? 'Formatted. Undo brings the old text back.' : 'The text is already formatted.');
    }
    const made = createTextEditor(host.current, latest.current.text, {
      changed(next) {
        client.setVersion(made.version());
        setText(next);
        void check(next);
      },
      moved: setCursor,
      format,
    });
    editor.current = made;
    formatText.current = format;
    const providers = [...registerSuggestions(client), ...registerProviders(client, run)];
    return () => {
      for (const provider of providers) provider.dispose();
      client.stop();
      made.dispose();
    };
  }, [keepDraft]);

  // Each change of the text starts the wait again.
  useEffect(() => {
    const timer = setTimeout(keepDraft, draftDelayMs);
    return () => clearTimeout(timer);
  }, [text, published, keepDraft]);

  useEffect(() => {
    addEventListener('pagehide', keepDraft);
    return () => removeEventListener('pagehide', keepDraft);
  }, [keepDraft]);

  useEffect(() => {
    if (passing === null) return;
    const timer = setTimeout(() => setPassing(null), passingMs);
    return () => clearTimeout(timer);
  }, [passing]);

  useEffect(() => {
    const elsewhere = (event: StorageEvent) => {
      if (event.key !== draftKey(open.name) || event.newValue === null) return;
      setPassing('This program is open in another tab too. The draft typed last is the one that is kept.');
    };
    addEventListener('storage', elsewhere);
    return () => removeEventListener('storage', elsewhere);
  }, [open.name]);

  // Both keys work wherever the focus is. Saving is a habit and must be harmless: it keeps the draft, and never
  // publishes.
  useEffect(() => {
    const pressed = (event: KeyboardEvent) => {
      if ((event.ctrlKey || event.metaKey) && event.key.toLowerCase() === 's') {
        event.preventDefault();
        keepDraft();
        setPassing('Your draft is saved in this browser.');
      }
      // Inside the text the editor handles F8 itself.
      if (event.key === 'F8' && !host.current?.contains(document.activeElement)) {
        event.preventDefault();
        setPane('text');
        editor.current?.nextProblem();
      }
    };
    addEventListener('keydown', pressed);
    return () => removeEventListener('keydown', pressed);
  }, [keepDraft]);

  const go = useCallback((span: Span) => {
    setPane('text');
    // The text pane may only now become visible on a narrow screen; the cursor follows once it is.
    requestAnimationFrame(() => editor.current?.goTo(span));
  }, []);

  function fix(problem: Diagnostic) {
    if (problem.fix !== undefined) editor.current?.edit(problem.fix.edits);
    editor.current?.focus();
  }

  function discard() {
    editor.current?.replace(published.text);
    discardDraft(localStorage, open.name);
    setDraftNotice(null);
    setBase(published.version);
    setPassing('Draft discarded. Undo brings it back.');
  }

  const stage = checked === null ? null : stageAt(checked, cursor);
  const changed = text !== published.text || published.version === 0;

  return (
    <div class="workbench" data-pane={pane}>
      <TopBar place="editor" person={data.person} operator={data.operator} />
      <EditorBar
        data={data}
        name={open.name}
        version={published.version}
        changed={changed}
        checked={checked}
        pane={pane}
        choose={setPane}
        publish={() => setPublishing(true)}
        format={() => {
          void formatText.current();
          editor.current?.focus();
        }}
        explain={setPassing}
        refused={refusal(data, checked, trouble)}
      />
      {draftNotice !== null && changed && (
        <div class="notice" role="status">
          <p>
            <strong>This is your draft</strong> from {when(draftNotice.savedAt)}.{' '}
            {draftNotice.baseVersion !== published.version
              ? `Version ${published.version} has been published since you began it.`
              : published.version === 0
                ? 'It is not published yet.'
                : `Version ${published.version} is what people have.`}
          </p>
          <button type="button" class="button is-quiet is-small" onClick={discard}>
            Discard draft
          </button>
          <button type="button" class="button is-quiet is-small" onClick={() => setDraftNotice(null)}>
            Keep working
          </button>
        </div>
      )}
      <main class="panes" style={{ '--side': `${side}%` }}>
        <section class="pane pane-text" aria-label="Text" id="pane-text">
          <div class="text-host" ref={host} />
        </section>
        {edge}
        <div class="side">
          <GraphPane checked={checked} drawing={drawing} stage={stage} go={go} />
          <ProblemsPane checked={checked} text={text} trouble={trouble} go={(problem) => go(problem.span)} fix={fix} />
        </div>
      </main>
      <p class="passing" role="status" aria-live="polite" data-shown={passing !== null}>
        {passing}
      </p>
      {publishing && checked?.program && (
        <PublishDialog
          program={checked.program}
          text={text}
          warnings={checked.warnings}
          openedAs={open.name}
          base={base}
          close={() => setPublishing(false)}
          published={(version) => {
            // A text under another name is another program: this one's draft stays a draft.
            if (checked.program?.name !== open.name) return;
            setPublished({ version, text });
            setBase(version);
            setDraftNotice(null);
          }}
        />
      )}
    </div>
  );
}

const projectOf = ({ environment, skills }: EditorPageData, open: Properties['open']): Project => ({
  path: open.path,
  files: open.importable,
  environment,
  skills,
});

/** Why Publish is not open right now, as a sentence; null when it is. */
function refusal(data: EditorPageData, checked: Checked | null, trouble: string | null): string | null {
  if (data.publishingRefused !== null) return data.publishingRefused;
  if (trouble !== null) return 'The text cannot be checked at the moment.';
  if (checked === null) return 'The text is being checked.';
  if (checked.errors > 0) return checked.errors === 1 ? 'Fix 1 error first.' : `Fix ${checked.errors} errors first.`;
  if (checked.program === null) return 'There is no program in the text yet.';
  return null;
}

/** What came of running scenarios, in one sentence. */
function scenariosSentence(count: number, failed: number): string {
  if (count === 1) return failed === 0 ? 'The scenario passed.' : 'The scenario failed: see the marked line.';
  return failed === 0
    ? `All ${count} scenarios passed.`
    : `${failed} of ${count} scenarios failed: see the marked lines.`;
}

/** Why a text was not formatted, and where. */
function unformatted(text: string, { message, span }: FormatProblem): string {
  return `Not formatted. Line ${lineMap(text).position(span.start).line}: ${message}`;
}

/** A draft worth showing: one that differs from what is published. */
function usefulDraft(name: string, published: string) {
  const draft = readDraft(localStorage, name);
  return draft === null || draft.text === published ? null : draft;
}

function stageAt(checked: Checked, offset: number): string | null {
  const item = checked.outline.find(
    (one) => one.kind === 'stage' && offset >= one.span.start && offset <= one.span.end,
  );
  return item?.name ?? null;
}

/** `today at 14:02`, `3 January at 09:00`. */
function when(at: number): string {
  const then = new Date(at);
  const time = then.toLocaleTimeString('en', { hour: '2-digit', minute: '2-digit', hour12: false });
  const today = then.toDateString() === new Date().toDateString();
  return today ? `today at ${time}` : `${then.toLocaleDateString('en', { day: 'numeric', month: 'long' })} at ${time}`;
}
