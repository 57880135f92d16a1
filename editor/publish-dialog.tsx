/**
 * Publishing: says what will happen, does it, says what happened.
 *
 * The numbers are asked for when the dialog opens, so that they are true at the moment somebody
 * decides. Publishing the same text twice changes nothing, so trying again is always safe.
 */
import './publish-dialog.css';
import { useEffect, useRef, useState } from 'preact/hooks';
import type { VersionReport } from '../runtime/version-plan.ts';
import { PeopleInside } from './people-inside.tsx';
import { previewProgram, publishProgram, readProgram } from './program-api.ts';

type Properties = {
  program: { name: string; title: string };
  text: string;
  /** How many warnings the text has; they do not keep it from being published. */
  warnings: number;
  /** The program the page was opened for: a text under another name becomes another program. */
  openedAs: string;
  /** The published version the text grew out of. */
  base: number;
  close: () => void;
  published: (version: number) => void;
};

/** What the dialog knows, in the order things happen. */
type Stage =
  | { kind: 'asking' }
  | { kind: 'ready'; next: number; report: VersionReport | null }
  | { kind: 'already'; version: number }
  | { kind: 'publishing'; next: number }
  | { kind: 'published'; version: number; report: VersionReport | null; adopting: boolean }
  | { kind: 'refused'; message: string; details: string[] };

export function PublishDialog({ program, text, warnings, openedAs, base, close, published }: Properties) {
  const dialog = useRef<HTMLDialogElement>(null);
  const [stage, setStage] = useState<Stage>({ kind: 'asking' });
  const [adopting, setAdopting] = useState(false);

  useEffect(() => {
    dialog.current?.showModal();
    // A dialog closed meanwhile is simply not there any more; setting its state does nothing.
    void ask(program.name, text).then(setStage);
  }, [program.name, text]);

  async function publish(next: number, report: VersionReport | null) {
    setStage({ kind: 'publishing', next });
    const result = await publishProgram(program.name, text, adopting ? 'adopt' : 'stay');
    if (!result.ok) {
      const details = (result.diagnostics ?? []).map((one) => one.message);
      return setStage({ kind: 'refused', message: result.message, details });
    }
    published(result.value.version);
    setStage(
      result.value.fresh
        ? { kind: 'published', version: result.value.version, report, adopting }
        : { kind: 'already', version: result.value.version },
    );
  }

  const done = stage.kind === 'published' || stage.kind === 'already' || stage.kind === 'refused';
  return (
    <dialog class="publish" ref={dialog} aria-labelledby="publish-title" onClose={close}>
      <form method="dialog">
        <h2 id="publish-title">{titleOf(stage, program.title)}</h2>
        <div class="publish-body" aria-live="polite">
          {stage.kind === 'asking' && <p>Looking at what is published now…</p>}
          {(stage.kind === 'ready' || stage.kind === 'publishing') && program.name !== openedAs && (
            <p>
              The text names its program <code>{program.name}</code>, not <code>{openedAs}</code>. That is the program
              it will be published as.
            </p>
          )}
          {stage.kind === 'ready' && (
            <Consequences next={stage.next} report={stage.report} adopting={adopting} choose={setAdopting} />
          )}
          {stage.kind === 'ready' && program.name === openedAs && stage.next - 1 > base && (
            <p class="publish-warnings">
              Version {stage.next - 1} was published since you began, and your text does not have its changes.
            </p>
          )}
          {stage.kind === 'ready' && warnings > 0 && (
            <p class="publish-warnings">
              {warnings === 1 ? '1 warning stays as it is.' : `${warnings} warnings stay as they are.`}
            </p>
          )}
          {stage.kind === 'publishing' && <p>Publishing version {stage.next}…</p>}
          {stage.kind === 'published' && (
            <p>
              From now on, people start on version {stage.version}. {fate(stage.report, stage.adopting)}
            </p>
          )}
          {stage.kind === 'already' && (
            <p>This text is already published as version {stage.version}. Nothing changes.</p>
          )}
          {stage.kind === 'refused' && <p role="alert">{stage.message}</p>}
          {stage.kind === 'refused' && stage.details.length > 0 && (
            <ul>
              {stage.details.slice(0, 5).map((detail) => (
                <li key={detail}>{detail}</li>
              ))}
            </ul>
          )}
        </div>
        <footer class="publish-actions">
          <button type="submit" class="button" key="close">
            {done ? 'Close' : 'Cancel'}
          </button>
          {(stage.kind === 'ready' || stage.kind === 'publishing') && (
            <button
              type="button"
              class="button is-primary"
              disabled={stage.kind === 'publishing'}
              onClick={() => stage.kind === 'ready' && publish(stage.next, stage.report)}
            >
              {stage.kind === 'ready' ? `Publish version ${stage.next}` : 'Publishing…'}
            </button>
          )}
          {stage.kind === 'published' && (
            <a class="button is-primary" href={`/chat/${encodeURIComponent(program.name)}`}>
              Try it in the chat
            </a>
          )}
        </footer>
      </form>
    </dialog>
  );
}

function Consequences(given: {
  next: number;
  report: VersionReport | null;
  adopting: boolean;
  choose: (adopting: boolean) => void;
}) {
  const { next, report, adopting, choose } = given;
  if (report === null) return <p>This is the first version. People can enroll as soon as it is published.</p>;
  return (
    <>
      <ul class="consequences">
        <li>New people start on version {next}.</li>
        <li>{fate(report, adopting)}</li>
      </ul>
      <PeopleInside report={report} adopting={adopting} choose={choose} />
    </>
  );
}

/** What becomes of those inside, in one sentence. */
function fate(report: VersionReport | null, adopting: boolean): string {
  const inside = (report?.people ?? 0) + (report?.already ?? 0);
  if (report === null || inside === 0) return 'Nobody is inside at the moment.';
  const going = report.counts.same + report.counts.adopts;
  if (!adopting || going === 0)
    return inside === 1
      ? '1 person inside stays on the version they are on.'
      : `${inside} people inside stay on the version they are on.`;
  const left = inside - going;
  const over = going === 1 ? '1 person goes' : `${going} people go`;
  return `${over} over as soon as nothing of theirs is in hand${left === 0 ? '' : `; ${left} stay on the version they are on`}.`;
}

function titleOf(stage: Stage, title: string): string {
  if (stage.kind === 'published') return `${title} is published`;
  if (stage.kind === 'already') return 'Already published';
  if (stage.kind === 'refused') return 'Not published';
  return `Publish ${title}?`;
}

/** What publishing this text would mean right now. */
async function ask(name: string, text: string): Promise<Stage> {
  const current = await readProgram(name);
  if (!current.ok && current.status !== 404) return { kind: 'refused', message: current.message, details: [] };
  if (!current.ok) return { kind: 'ready', next: 1, report: null };
  if (current.value.source === text) return { kind: 'already', version: current.value.version };
  const preview = await previewProgram(name, text);
  if (!preview.ok) return { kind: 'refused', message: preview.message, details: [] };
  return { kind: 'ready', next: current.value.version + 1, report: preview.value };
}
