/**
 * What runs beside the program's own stages: its tracks, and its lists with the stage of each item.
 * Operators can add an item and change a field of one.
 */
import { useState } from 'preact/hooks';
import type { EnrollmentPageView, SeriesField, ShownList } from '../../enrollment-page.ts';
import { call } from '../api.ts';
import { typedText } from '../field.tsx';
import { FieldsForm } from '../fields-form.tsx';
import { nameText, shortMomentText, valueText, withUnit } from '../format.ts';

/** Items shown before the reader asks for the rest. */
const itemsAtOnce = 8;

type Shown = { view: EnrollmentPageView; operator: boolean; now: number; zone: string };

export function Tracks({ view, zone }: Pick<Shown, 'view' | 'zone'>) {
  if (view.tracks.length === 0) return null;
  return (
    <section class="card panel tracks" aria-labelledby="tracks-title">
      <h2 id="tracks-title">Beside it</h2>
      <dl class="values">
        {view.tracks.map(({ name, title, stageTitle, since, ended }) => (
          <div key={name} class={stageTitle === null ? 'is-missing' : ''} data-track={name}>
            <dt>{title}</dt>
            <dd>
              {stageTitle === null ? 'has not begun' : ended ? `ended: ${stageTitle}` : stageTitle}
              {since !== null && <span class="since">since {shortMomentText(since, zone)}</span>}
            </dd>
          </div>
        ))}
      </dl>
    </section>
  );
}

export function Lists(props: Shown) {
  return (
    <>
      {props.view.lists.map((list) => (
        <Items key={list.name} list={list} {...props} />
      ))}
    </>
  );
}

type Changing = { item: ShownList['items'][number]; field: SeriesField };

function Items({ view, list, operator, now, zone }: Shown & { list: ShownList }) {
  const [adding, setAdding] = useState(false);
  const [changing, setChanging] = useState<Changing | null>(null);
  const [all, setAll] = useState(false);
  const mayChange = operator && view.enrollment.status === 'active';
  const staged = list.items.some(({ stageTitle }) => stageTitle !== null);
  const items = all ? list.items : list.items.slice(0, itemsAtOnce);
  const path = `/api/enrollments/${view.enrollment.id}`;
  return (
    <section class="card panel list-panel" aria-label={list.title} data-list={list.name}>
      <div class="series-head">
        <h2>
          {list.title} <span class="faint">{list.total === 0 ? 'none yet' : list.total}</span>
        </h2>
        {mayChange && !adding && (
          <button type="button" class="button is-small" onClick={() => setAdding(true)}>
            Add {nameText(list.singular)}
          </button>
        )}
      </div>
      {adding && (
        <FieldsForm
          name={`add-${list.name}`}
          label={`Add ${nameText(list.singular)}`}
          fields={list.fields.map((field) => ({ ...field, optional: field.optional || field.preset }))}
          action="Add"
          zone={zone}
          now={now}
          send={({ id, fields }) => call('POST', `${path}/items`, { id, list: list.name, fields: told(fields) })}
          close={() => setAdding(false)}
        />
      )}
      {items.length > 0 && (
        <div class="series-scroll series">
          <table>
            <thead>
              <tr>
                {list.key === null && <th scope="col">#</th>}
                {list.fields.map((field) => (
                  <th scope="col" key={field.name}>
                    {nameText(field.name)}
                  </th>
                ))}
                {staged && <th scope="col">stage</th>}
              </tr>
            </thead>
            <tbody>
              {items.map((item) => (
                <tr key={item.id} class={item.ended ? 'is-over' : ''} data-item={item.id}>
                  {list.key === null && <td>{item.id}</td>}
                  {list.fields.map((field) => {
                    const value = item.fields[field.name] ?? null;
                    const unit = field.type.kind === 'number' ? (field.type.unit ?? null) : null;
                    const text = withUnit(valueText(value, zone), value === null ? null : unit);
                    return (
                      <td key={field.name}>
                        {mayChange && field.name !== list.key ? (
                          <button
                            type="button"
                            class="value-button"
                            title="Change"
                            aria-label={`Change ${nameText(field.name)} of ${item.id}: ${text}`}
                            onClick={() => setChanging({ item, field })}
                          >
                            {text}
                          </button>
                        ) : (
                          text
                        )}
                      </td>
                    );
                  })}
                  {staged && (
                    <td>
                      <span class={item.ended ? 'chip' : 'chip is-good'}>{item.stageTitle}</span>
                    </td>
                  )}
                </tr>
              ))}
            </tbody>
          </table>
        </div>
      )}
      {changing && (
        <>
          <p class="panel-foot correcting">
            {nameText(list.singular)} {changing.item.id}
          </p>
          <FieldsForm
            key={`${changing.item.id} ${changing.field.name}`}
            name={`set-${list.name}`}
            label={`Set ${nameText(changing.field.name)} of ${changing.item.id}`}
            fields={[changing.field]}
            initial={{ [changing.field.name]: typedText(changing.item.fields[changing.field.name] ?? null, zone) }}
            action="Set"
            zone={zone}
            now={now}
            send={({ id, fields }) =>
              call('POST', `${path}/data`, {
                id,
                field: changing.field.name,
                value: fields[changing.field.name] ?? null,
                item: { list: list.name, item: changing.item.id },
              })
            }
            close={() => setChanging(null)}
          />
        </>
      )}
      {list.items.length > itemsAtOnce && (
        <button type="button" class="button is-small is-quiet series-more" onClick={() => setAll(!all)}>
          {all ? 'Show fewer' : `Show all ${list.items.length}`}
        </button>
      )}
      {all && list.total > list.items.length && (
        <p class="panel-foot">
          The newest {list.items.length} of {list.total}.
        </p>
      )}
    </section>
  );
}

/** What was left empty has the value the program gives it. */
const told = (fields: Record<string, string | null>): Record<string, string> =>
  Object.fromEntries(Object.entries(fields).flatMap(([name, value]) => (value === null ? [] : [[name, value]])));
