/**
 * The list of problems: what is wrong, what to do, where; a press goes there, a fix mends it.
 */
import type { Diagnostic } from '../language/diagnostics.ts';
import { lineMap } from '../language/position.ts';
import type { Checked } from './protocol.ts';

/** A screen of problems is enough to work on; the rest come up as these are mended. */
const shownMax = 100;

type Properties = {
  checked: Checked | null;
  text: string;
  /** Why checking does not work, if it does not. */
  trouble: string | null;
  go: (problem: Diagnostic) => void;
  fix: (problem: Diagnostic) => void;
};

export function ProblemsPane({ checked, text, trouble, go, fix }: Properties) {
  const lines = lineMap(text);
  const problems = inReadingOrder(checked?.diagnostics ?? []);
  return (
    <section class="pane pane-problems" aria-labelledby="problems-title">
      <header class="pane-head">
        <h2 id="problems-title">Problems</h2>
        <p class="pane-note" role="status" data-problems={problems.length}>
          {checked === null ? 'Checking…' : countOf(checked)}
        </p>
      </header>
      {trouble !== null && (
        <p class="problems-trouble" role="alert">
          {trouble}
        </p>
      )}
      {checked !== null && problems.length === 0 && trouble === null && (
        <div class="calm">
          <span class="calm-mark" aria-hidden="true" />
          <p>No problems</p>
        </div>
      )}
      {problems.length > 0 && (
        <ul class="problem-list">
          {problems.slice(0, shownMax).map((problem) => (
            <li
              class={`problem is-${problem.severity}`}
              key={`${problem.code}-${problem.span.start}-${problem.message}`}
            >
              <button type="button" class="problem-go" onClick={() => go(problem)}>
                <span class="problem-line">
                  <span class="problem-mark" aria-hidden="true" />
                  <span class="visually-hidden">{problem.severity === 'error' ? 'Error,' : 'Warning,'} </span>
                  Line {lines.position(problem.span.start).line}
                </span>
                <span class="problem-message">
                  <Words text={problem.message} />
                </span>
                {problem.hint !== undefined && (
                  <span class="problem-hint">
                    <Words text={problem.hint} />
                  </span>
                )}
              </button>
              {problem.fix !== undefined && (
                <button type="button" class="problem-fix" onClick={() => fix(problem)}>
                  {problem.fix.title}
                </button>
              )}
            </li>
          ))}
        </ul>
      )}
      {problems.length > shownMax && <p class="problems-more">And {problems.length - shownMax} more.</p>}
    </section>
  );
}

/** A sentence in which program text stands between backticks. */
function Words({ text }: { text: string }) {
  // Every second piece stood between two backticks; a lone one stays as it is.
  const pieces = text.split(/`([^`]*)`/);
  return <>{pieces.map((piece, index) => (index % 2 === 1 ? <code key={`${index}${piece}`}>{piece}</code> : piece))}</>;
}

/** `None`, `1 error`, `2 errors, 1 warning`. */
function countOf({ errors, warnings }: Pick<Checked, 'errors' | 'warnings'>): string {
  const parts = [
    ...(errors > 0 ? [`${errors} ${errors === 1 ? 'error' : 'errors'}`] : []),
    ...(warnings > 0 ? [`${warnings} ${warnings === 1 ? 'warning' : 'warnings'}`] : []),
  ];
  return parts.length === 0 ? 'None' : parts.join(', ');
}

function inReadingOrder(problems: Diagnostic[]): Diagnostic[] {
  return [...problems].sort((a, b) => a.span.start - b.span.start || (a.severity === 'error' ? -1 : 1));
}
