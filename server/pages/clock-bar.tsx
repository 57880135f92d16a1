/**
 * The development clock: what time it is for the programs, and buttons that move it forward.
 *
 * Shown only where the server says that its clock moves. Whoever moves it (this page, another tab, the
 * terminal), the page is told by its stream, or, where it has none, by the stream of the clock.
 */
import { useEffect, useState } from 'preact/hooks';
import { call, sentenceOf } from './api.ts';
import { followEvents } from './event-stream.ts';
import { momentText } from './format.ts';

/** `short` stands on narrow screens. */
const steps: { label: string; short: string; title: string; advance: { by: string } | { to: 'next' } }[] = [
  { label: '+1 h', short: '+1 h', title: 'Move the clock forward by an hour', advance: { by: '1 hour' } },
  { label: '+1 day', short: '+1 d', title: 'Move the clock forward by a day', advance: { by: '1 day' } },
  { label: '+1 week', short: '+1 w', title: 'Move the clock forward by a week', advance: { by: '1 week' } },
  {
    label: 'Next event',
    short: 'Next',
    title: 'Move the clock to the next moment when something is due',
    advance: { to: 'next' },
  },
];

/** The server's clock, ticking here between its answers. `setNow` takes each newer answer. */
export function useProgramClock(first: number): { now: number; setNow: (now: number) => void } {
  const [known, setKnown] = useState({ now: first, measured: performance.now() });
  const [, tick] = useState(0);
  useEffect(() => {
    const timer = setInterval(() => tick((count) => count + 1), 10_000);
    return () => clearInterval(timer);
  }, []);
  return {
    now: known.now + performance.now() - known.measured,
    setNow: (now) => setKnown({ now, measured: performance.now() }),
  };
}

/** For pages without a stream of their own: `moved` is called whenever the clock was moved, from wherever. */
export function useClockStream(moves: boolean, moved: (now: number) => void): void {
  useEffect(() => {
    if (!moves) return;
    return followEvents({
      path: '/api/clock/events',
      probe: '/api/clock',
      after: 0,
      state: () => undefined,
      on: { clock: ({ now }: { now: number }) => moved(now) },
    });
  }, []);
}

export function ClockBar(props: { now: number; zone: string; moved: (now: number) => void }) {
  const [moving, setMoving] = useState(false);
  const [problem, setProblem] = useState<string | null>(null);

  const move = async (advance: object) => {
    setMoving(true);
    setProblem(null);
    try {
      const { now } = await call<{ now: number }>('POST', '/api/clock/advance', advance);
      props.moved(now);
    } catch (error) {
      setProblem(sentenceOf(error));
    } finally {
      setMoving(false);
    }
  };

  return (
    <section class="clock-bar" aria-label="Development clock" aria-busy={moving}>
      <p class="clock-bar-time">
        <span>Development clock</span>
        <strong data-now={Math.round(props.now)}>{momentText(props.now, props.zone)}</strong>
        <span class="is-wide">{props.zone.replaceAll('_', ' ')}</span>
      </p>
      <div class="clock-bar-steps">
        {steps.map((step) => (
          <button
            type="button"
            key={step.label}
            title={step.title}
            disabled={moving}
            onClick={() => move(step.advance)}
          >
            <span class="is-wide">{step.label}</span>
            <span class="is-narrow" aria-hidden="true">
              {step.short}
            </span>
          </button>
        ))}
      </div>
      {problem && <span role="alert">{problem}</span>}
    </section>
  );
}
