/** Lists can tell their items apart: the key is a field, of a kind that names something, and always there. */
import { diagnostic } from '../../language/diagnostics.ts';
import { meant } from '../names.ts';
import type { Checked, Report } from '../symbols.ts';
import { describeType } from '../value-types.ts';
import type { Check } from './question.ts';

export const lists: Check = { outside: ask };

function ask({ symbols }: Checked, report: Report): void {
  for (const list of symbols.lists.values()) {
    const { key } = list.node;
    if (key === undefined) continue;
    const field = list.fields.get(key.text);
    const words = (problem: string, remedy: string) => ({ list: list.name, key: key.text, problem, remedy });
    if (field === undefined) {
      const lacking = words('which they do not have', `Declare it in the list: \`data { ${key.text} : text }\`.`);
      report(diagnostic('list-key', key.span, lacking, meant(key, list.fields.keys())));
    } else if (field.optional) {
      const mark = field.node?.type.span.end;
      const remedy = 'Take the `?` away: an item without a name could not be found again.';
      const related = mark === undefined ? [] : [{ message: 'It is declared here.', span: field.span }];
      report(diagnostic('list-key', key.span, words('which may be missing', remedy), { related }));
    } else if (!['text', 'choice', 'number', 'date'].includes(field.type.kind)) {
      const problem = `which is ${describeType(field.type)}`;
      report(diagnostic('list-key', key.span, words(problem, 'Take a text, a choice, a number or a date.')));
    } else if (field.node?.initial !== undefined) {
      const remedy = 'Take its first value away: each item is given a name of its own.';
      report(diagnostic('list-key', key.span, words('which would be the same for all of them', remedy)));
    }
  }
}
