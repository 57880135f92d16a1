/**
 * The samples of the documentation, made whole: what a page shows in part is put into a program
 * that declares the words the page speaks of, so that each sample can be compiled.
 */
import { readFileSync } from 'node:fs';

export type Sample = { title: string; files: { path: string; text: string }[] };

/** Everything the parts of the pages may speak of. */
const head = `
  timezone "UTC"
  roles nurse, clinician, lead
  services billing
  data {
    week : number 1 to 9 = 1
    begins : date = 2026-06-01
    weight : number kg?
    why : text?
    felt : (easy | ok | hard)?
    kind : (light | heavy) = light
    injured : yes/no = no
    travelling : yes/no = no
    texts_due : number = 3
    due_day : number 1 to 28 = 1
    wakes : time = 07:00
    rest : duration = 2 days
    dose : number units 0 to 80 = 10
    told : number units 0 to 80 = 10
    fresh : yes/no = no
    glucose : series number mg/dL
    weights : series number kg
    notes : series text
    runs : series { completed: yes/no, minutes: number min? }
    visits : series { kind: text }
    slips : series { what: text? }
    sessions : series { kind: (individual | group), attended: yes/no }
  }
  let slips_recently = count(slips in last 24 hours)
`;
const lastStage = 'stage only { skill plain leave as done after 1 day }';
const elsewhere = 'stage elsewhere { leave as done after 1 day }';

/** The samples of one page in `docs/`, in order; those in whole programs belong together. */
export function samplesOf(page: string): Sample[] {
  const text = readFileSync(new URL(`../../docs/${page}`, import.meta.url), 'utf8');
  const whole: Sample = { title: `${page}: whole programs`, files: [] };
  const samples: Sample[] = [];
  for (const [, kind, body = ''] of text.matchAll(/```(regimen(?:-\w+)?)\n([\s\S]*?)```/g)) {
    const title = `${page}: “${body.trim().split('\n')[0]}”`;
    const part = (inside: string) => [{ path: 'part.regimen', text: `program part "Part" {${head}${inside}}` }];
    if (kind === 'regimen') whole.files.push({ path: `sample-${whole.files.length + 1}.regimen`, text: body });
    else if (kind === 'regimen-part') samples.push({ title, files: part(`${body}\n${lastStage}`) });
    else if (kind === 'regimen-stage')
      samples.push({
        title,
        files: part(`stage sample {\n${body}\nleave as lost after 60 days of silence }\n${elsewhere}`),
      });
    else if (kind === 'regimen-files') samples.push({ title, files: filesIn(body) });
  }
  return whole.files.length > 0 ? [whole, ...samples] : samples;
}

/** Several files in one sample, each under a comment with its name. */
function filesIn(body: string): { path: string; text: string }[] {
  return body
    .split(/^\/\/ (?=\S+\.(?:regimen|scenario)$)/m)
    .filter((one) => one.trim() !== '')
    .map((one) => {
      const [path = '', ...lines] = one.split('\n');
      return { path, text: lines.join('\n') };
    });
}
