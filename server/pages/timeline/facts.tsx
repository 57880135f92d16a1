/**
 * What is known about the person: fields, entries of series, and what follows from them. Operators can
 * put things right: set a field, correct an entry, take one back.
 */
import type { ComponentChildren } from 'preact';
import { useRef, useState } from 'preact/hooks';
import type { Entry } from '../../../runtime/facts.ts';
import type { EnrollmentPageView, ShownField } from '../../enrollment-page.ts';
import { call, newId, sentenceOf } from '../api.ts';
import { typedText } from '../field.tsx';
import { FieldsForm } from '../fields-form.tsx';
import { countText, nameText, shortMomentText, valueText, withUnit } from '../format.ts';

/** Entries shown before the reader asks for the rest. */
const entriesAtOnce = 5;

type Series = EnrollmentPageView['series'][number];
type Shown = { view: EnrollmentPageView; operator: boolean; now: number; zone: string };

export function Facts(props: Shown) {
  const { view, zone } = props;
  return (
    <section class="card panel facts" aria-labelledby="data-title">
      <h2 id="data-title">Data</h2>
      {view.fields.length + view.lets.length + view.series.length === 0 && (
        <p class="panel-empty">This program keeps no data.</p>
      )}
      {view.fields.length + view.lets.length > 0 && (
        <dl class="values">
          {view.fields.map((field) => (
            <FieldRow key={field.name} field={field} {...props} />
          ))}
          {view.lets.map(({ name, value }) => (
            <div key={name} class={value === null ? 'is-missing' : ''}>
              <dt>
                {nameText(name)}
                <span class="follows" title="Follows from the other data">
                  computed
                </span>
              </dt>
              <dd>{value === null ? 'not known' : valueText(value, zone)}</dd>
            </div>
          ))}
        </dl>
      )}
      {view.series.map((series) => (
        <SeriesList key={series.name} series={series} {...props} />
      ))}
    </section>
  );
}

function FieldRow({ view, field, operator, now, zone }: Shown & { field: ShownField }) {
  const [writing, setWriting] = useState(false);
  const { name, value, unit, parameter } = field;
  const text = value === null ? 'not known' : withUnit(valueText(value, zone), unit);
  const path = `/api/enrollments/${view.enrollment.id}/data`;
  return (
    <div class={value === null ? 'is-missing' : ''}>
      <dt>
        {nameText(name)}
        {parameter && (
          <span class="follows" title="The program only reads it">
            parameter
          </span>
        )}
      </dt>
      <dd>
        {operator && view.enrollment.status === 'active' ? (
          <button
            type="button"
            class="value-button"
            aria-label={`Change ${nameText(name)}: ${text}`}
            title="Change"
            aria-expanded={writing}
            onClick={() => setWriting(!writing)}
          >
            {text}
          </button>
        ) : (
          text
        )}
      </dd>
      {writing && (
        <dd class="value-form">
          <FieldsForm
            name={`set-${name}`}
            label={`Set ${nameText(name)}`}
            fields={[field]}
            initial={{ [name]: typedText(value, zone) }}
            action="Set"
            zone={zone}
            now={now}
            send={({ id, fields }) => call('POST', path, { id, field: name, value: fields[name] ?? null })}
            close={() => setWriting(false)}
          />
        </dd>
      )}
    </div>
  );
}

function SeriesList({ view, series, operator, now, zone }: Shown & { series: Series }) {
  const [writing, setWriting] = useState(false);
  const [recorded, setRecorded] = useState(false);
  const [correcting, setCorrecting] = useState<Entry | null>(null);
  const [all, setAll] = useState(false);
  const opener = useRef<HTMLButtonElement>(null);
  const { enrollment } = view;
  const active = enrollment.status === 'active';
  // A shared entry that one person records is that person’s; an operator’s is everybody’s.
  const forAll = operator && series.shared;
  const entries = all ? series.entries : series.entries.slice(0, entriesAtOnce);
  const close = (done: boolean): void => {
    setWriting(false);
    setRecorded(done);
    // The form and its focus are gone: the reader goes on where they began.
    requestAnimationFrame(() => opener.current?.focus());
  };
  return (
    <div class="series">
      <div class="series-head">
        <h3>
          {nameText(series.name)}{' '}
          <span class="faint">{series.total === 0 ? 'none yet' : countText(series.total, 'entry', 'entries')}</span>
        </h3>
        {active && !writing && (
          <button
            type="button"
            ref={opener}
            class="button is-small"
            onClick={() => {
              setRecorded(false);
              setWriting(true);
            }}
          >
            Record {nameText(series.singular)}
            {forAll && ' for everybody'}
          </button>
        )}
      </div>
      <p class="visually-hidden" role="status">
        {recorded ? 'Recorded.' : ''}
      </p>
      {writing && (
        <FieldsForm
          name={series.name}
          label={`Record: ${nameText(series.singular)}`}
          fields={series.fields}
          asksWhen
          action="Record"
          zone={zone}
          now={now}
          send={({ id, fields, occurredAt }) =>
            call(
              'POST',
              forAll ? `/api/programs/${enrollment.program}/entries` : `/api/enrollments/${enrollment.id}/events`,
              {
                id,
                series: series.name,
                fields,
                ...(occurredAt === null ? {} : { occurred_at: occurredAt }),
              },
            )
          }
          close={close}
        />
      )}
      {series.total > 0 && (
        <div class="series-scroll">
          <table>
            <thead>
              <tr>
                <th scope="col">when</th>
                {series.fields.map((field) => (
                  <th scope="col" key={field.name}>
                    {nameText(field.name)}
                  </th>
                ))}
                {operator && active && (
                  <th scope="col">
                    <span class="visually-hidden">Put right</span>
                  </th>
                )}
              </tr>
            </thead>
            <tbody>
              {entries.map((entry) => (
                <tr key={entry.id}>
                  <td>{shortMomentText(entry.at, zone)}</td>
                  {series.fields.map((field) => {
                    const value = entry.fields[field.name] ?? null;
                    const unit = field.type.kind === 'number' ? (field.type.unit ?? null) : null;
                    return <td key={field.name}>{withUnit(valueText(value, zone), value === null ? null : unit)}</td>;
                  })}
                  {operator && active && (
                    <td class="row-action">
                      <button type="button" class="button is-small is-quiet" onClick={() => setCorrecting(entry)}>
                        Correct
                      </button>
                    </td>
                  )}
                </tr>
              ))}
            </tbody>
          </table>
        </div>
      )}
      {correcting && (
        <Correction
          key={correcting.id}
          enrollment={enrollment.id}
          series={series}
          entry={correcting}
          now={now}
          zone={zone}
          close={() => setCorrecting(null)}
        />
      )}
      {series.entries.length > entriesAtOnce && !all && (
        <button type="button" class="button is-small is-quiet series-more" onClick={() => setAll(true)}>
          Show more entries
        </button>
      )}
      {all && series.total > series.entries.length && (
        <p class="panel-foot">
          The newest {series.entries.length} of {series.total}.
        </p>
      )}
    </div>
  );
}

/** An entry is put right, or taken back. What was said because of it stays said; conditions are judged anew. */
function Correction(props: {
  enrollment: string;
  series: Series;
  entry: Entry;
  now: number;
  zone: string;
  close: () => void;
}) {
  const { enrollment, series, entry, now, zone, close } = props;
  const path = `/api/enrollments/${enrollment}/corrections`;
  const of = { series: series.name, entry: entry.id };
  const typed = series.fields.map(({ name }) => [name, typedText(entry.fields[name] ?? null, zone)]);
  return (
    <>
      <p class="panel-foot correcting">
        {nameText(series.singular)} of {shortMomentText(entry.at, zone)}
        <TakeBack send={() => call('POST', path, { id: newId(), ...of })} done={close}>
          Take it back
        </TakeBack>
      </p>
      <FieldsForm
        name={`correct-${series.name}`}
        label={`Correct: ${nameText(series.singular)}`}
        fields={series.fields}
        initial={Object.fromEntries(typed)}
        action="Correct"
        zone={zone}
        now={now}
        send={({ id, fields }) => call('POST', path, { id, ...of, fields })}
        close={close}
      />
    </>
  );
}

function TakeBack(props: { send: () => Promise<unknown>; done: () => void; children: ComponentChildren }) {
  const [problem, setProblem] = useState<string | null>(null);
  const [busy, setBusy] = useState(false);
  const act = async (): Promise<void> => {
    setBusy(true);
    try {
      await props.send();
      props.done();
    } catch (error) {
      setProblem(sentenceOf(error));
      setBusy(false);
    }
  };
  return (
    <>
      <button type="button" class="button is-small is-quiet" disabled={busy} onClick={() => void act()}>
        {props.children}
      </button>
      {problem && (
        <span class="field-problem" role="alert">
          {problem}
        </span>
      )}
    </>
  );
}
