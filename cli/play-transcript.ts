/**
 * Plays a transcript through the control surface of a running Regimen, step by step, as any channel would.
 *
 * What happens is decided there; here the person's words are handed in, the clock is moved, and after
 * each step the new rows of the timeline are handed out. Ids of inputs follow from the place in the
 * transcript. A step that is refused ends the play with a `CommandProblem` that names its place.
 */
import type { Ir, Value } from '../compiler/ir.ts';
import { dateOf } from '../runtime/calendar.ts';
import { type Control, Refusal } from '../runtime/control.ts';
import type { TimelineRow } from '../runtime/timeline.ts';
import { CommandProblem } from './command.ts';
import { readFieldTexts, readValueTexts } from './read-fields.ts';
import { addDurations, placeMoment, yearsMax } from './read-moments.ts';
import type { PlacedStep } from './transcript.ts';

export type Stage = {
  control: Control;
  now(): Promise<number>;
  /** Moves the clock, doing on the way what comes due. Resolves with the new now. */
  move(to: number | 'next'): Promise<number>;
  /** Resolves when nothing is in hand any more: runs are done, messages delivered. */
  settle(): Promise<void>;
};

export type Played = { rows: number; notices: string[] };

const rowsPerPage = 1000;
const conversationPage = 1000;
const firstEmail = 'sam';

export async function playTranscript(input: {
  steps: readonly PlacedStep[];
  program: string;
  ir: Ir;
  stage: Stage;
  onRow(row: TimelineRow, ir: Ir, zone: string, attempt: number): void;
  onNotice(place: string, notice: string): void;
}): Promise<Played> {
  const { steps, program, ir, stage, onRow, onNotice } = input;
  const { control } = stage;
  const played: Played = { rows: 0, notices: [] };
  const shown = new Map<string, number>();
  let email = `${firstEmail}@${ir.enroll.domain ?? 'example.com'}`;
  let zone = ir.zone.fallback;
  let firstDay = dateOf(await stage.now(), zone);
  let enrolled = false;

  for (const [index, step] of steps.entries()) {
    try {
      await play(step, `transcript:${index + 1}`);
      await stage.settle();
      await showNew();
    } catch (error) {
      if (error instanceof Refusal) {
        await showNew();
        throw new CommandProblem(`${step.place}: ${error.message}`, 1);
      }
      throw error;
    }
  }
  return played;

  async function play(step: PlacedStep, id: string): Promise<void> {
    switch (step.kind) {
      case 'person':
        if (enrolled)
          throw new CommandProblem(`${step.place}: somebody is talking already. Say who it is before the first words.`);
        email = step.email;
        return;
      case 'start':
        zone = step.zone ?? zone;
        firstDay = dateOf(await stage.now(), zone);
        if (step.stage !== undefined || Object.keys(step.data).length > 0)
          await enroll(id, step.stage, readValueTexts(step.data, ir));
        return;
      case 'zone':
        zone = step.zone;
        await control.setZone((await person()).id, zone);
        return;
      case 'say': {
        const { notice } = await control.receive({
          person: (await person()).id,
          program,
          channel: 'terminal',
          id,
          text: step.text,
        });
        if (notice === null) enrolled = true;
        else tellNotice(step.place, notice);
        return;
      }
      case 'answer': {
        await ensureEnrolled(id);
        const open = await openQuestion();
        if (open === null)
          throw new CommandProblem(`${step.place}: no question is open, so there is nothing to answer.`, 1);
        const { notice } = await control.answer({
          person: (await person()).id,
          channel: 'terminal',
          id,
          question: open,
          value: step.value,
        });
        if (notice !== null) tellNotice(step.place, notice);
        return;
      }
      case 'record': {
        await ensureEnrolled(id);
        const enrollment = await newestEnrollment();
        if (enrollment === null)
          throw new CommandProblem(`${step.place}: nobody is enrolled, so nothing can be recorded.`, 1);
        const now = await stage.now();
        const occurredAt =
          step.occurredAt === undefined ? undefined : placeMoment(step.occurredAt, now, zone, firstDay);
        await control.record({
          enrollment,
          id,
          series: step.series,
          fields: readFieldTexts(step.series, step.fields, ir),
          ...(occurredAt === undefined ? {} : { occurredAt }),
          by: 'person',
        });
        return;
      }
      case 'advance': {
        await ensureEnrolled(id);
        await moveTo(step.place, addDurations(await stage.now(), step.durations, zone));
        return;
      }
      case 'until': {
        await ensureEnrolled(id);
        const now = await stage.now();
        await moveTo(step.place, placeMoment(step.moment, now, zone, firstDay));
        return;
      }
      case 'next':
        await ensureEnrolled(id);
        await stage.move('next');
        return;
    }
  }

  async function moveTo(place: string, target: number): Promise<void> {
    const now = await stage.now();
    if (target < now) throw new CommandProblem(`${place}: that moment has passed; the clock only moves forward.`);
    if (target - now > yearsMax * 366 * 86_400_000)
      throw new CommandProblem(`${place}: the clock moves at most ${yearsMax} years in one go.`);
    await stage.move(target);
  }

  async function person() {
    return control.personByEmail(email, { zone });
  }

  /** Somebody who does not begin by talking is enrolled by what they do first. */
  async function ensureEnrolled(id: string): Promise<void> {
    if (!enrolled && (await newestEnrollment()) === null && played.notices.length === 0) await enroll(`${id}:enroll`);
  }

  async function enroll(id: string, at?: string, data?: Record<string, Value>): Promise<void> {
    await control.enroll({
      person: (await person()).id,
      program,
      id,
      ...(at === undefined ? {} : { at }),
      ...(data === undefined || Object.keys(data).length === 0 ? {} : { data }),
      by: at === undefined && data === undefined ? 'person' : 'operator',
    });
    enrolled = true;
  }

  async function newestEnrollment(): Promise<string | null> {
    const all = await control.enrollments({ program, person: (await person()).id, limit: 100 });
    return (
      all.reduce<(typeof all)[number] | null>(
        (newest, one) => (newest === null || one.attempt > newest.attempt ? one : newest),
        null,
      )?.id ?? null
    );
  }

  async function openQuestion(): Promise<string | null> {
    let after = 0;
    let open: string | null = null;
    for (;;) {
      const page = await control.conversation({ person: (await person()).id, program, after, limit: conversationPage });
      for (const message of page) if (message.question?.open) open = message.question.id;
      if (page.length < conversationPage) return open;
      after = page.at(-1)?.position ?? after;
    }
  }

  function tellNotice(place: string, notice: string): void {
    played.notices.push(notice);
    onNotice(place, notice);
  }

  async function showNew(): Promise<void> {
    const all = await control.enrollments({ program, person: (await person()).id, limit: 100 });
    for (const enrollment of all.sort((a, b) => a.attempt - b.attempt)) {
      for (;;) {
        const after = shown.get(enrollment.id) ?? 0;
        const page = await control.timeline(enrollment.id, { after, limit: rowsPerPage });
        for (const row of page) {
          onRow(row, ir, zone, enrollment.attempt);
          played.rows += 1;
          shown.set(enrollment.id, row.seq);
        }
        if (page.length < rowsPerPage) break;
      }
    }
  }
}
