/**
 * What is known about the person: fields, entries of series, and what follows from them.
 */
import { useRef, useState } from 'preact/hooks';
import type { EnrollmentPageView } from '../../enrollment-page.ts';
import { countText, nameText, shortMomentText, valueText } from '../format.ts';
import { EntryForm } from './entry-form.tsx';

/** Entries shown before the reader asks for the rest. */
const entriesAtOnce = 5;

export function Facts({ view, now, zone }: { view: EnrollmentPageView; now: number; zone: string }) {
  const values = [
    ...view.fields.map((field) => ({
      name: field.name,
      text: withUnit(valueText(field.value, zone), field.unit, field.value === null),
      missing: field.value === null,
      follows: false,
    })),
    ...view.lets.map((one) => ({
      name: one.name,
      text: valueText(one.value, zone),
      missing: one.value === null,
      follows: true,
    })),
  ];
  return (
    <section class="card panel facts" aria-labelledby="data-title">
      <h2 id="data-title">Data</h2>
      {values.length === 0 && view.series.length === 0 && <p class="panel-empty">This program keeps no data.</p>}
      {values.length > 0 && (
        <dl class="values">
          {values.map((value) => (
            <div key={value.name} class={value.missing ? 'is-missing' : ''}>
              <dt>
                {nameText(value.name)}
                {value.follows && (
                  <span class="follows" title="Follows from the other data">
                    computed
                  </span>
                )}
              </dt>
              <dd>{value.missing ? 'not known' : value.text}</dd>
            </div>
          ))}
        </dl>
      )}
      {view.series.map((series) => (
        <SeriesList key={series.name} view={view} series={series} now={now} zone={zone} />
      ))}
    </section>
  );
}

function SeriesList({
  view,
  series,
  now,
  zone,
}: {
  view: EnrollmentPageView;
  series: EnrollmentPageView['series'][number];
  now: number;
  zone: string;
}) {
  const [writing, setWriting] = useState(false);
  const [recorded, setRecorded] = useState(false);
  const [all, setAll] = useState(false);
  const opener = useRef<HTMLButtonElement>(null);
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
        {view.enrollment.status === 'active' && !writing && (
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
          </button>
        )}
      </div>
      <p class="visually-hidden" role="status">
        {recorded ? 'Recorded.' : ''}
      </p>
      {writing && <EntryForm enrollment={view.enrollment.id} series={series} zone={zone} now={now} close={close} />}
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
              </tr>
            </thead>
            <tbody>
              {entries.map((entry) => (
                <tr key={entry.id}>
                  <td>{shortMomentText(entry.at, zone)}</td>
                  {series.fields.map((field) => {
                    const value = entry.fields[field.name] ?? null;
                    return (
                      <td key={field.name}>
                        {withUnit(
                          valueText(value, zone),
                          field.type.kind === 'number' ? (field.type.unit ?? null) : null,
                          value === null,
                        )}
                      </td>
                    );
                  })}
                </tr>
              ))}
            </tbody>
          </table>
        </div>
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

const withUnit = (text: string, unit: string | null, missing: boolean): string =>
  unit === null || missing ? text : `${text} ${unit}`;
