/**
 * An AST as indented text, spans left out: what case files compare. A node that fits on a line
 * stays on one.
 */
const LINE_MAX = 110;

export function outline(node: unknown, indent = ''): string {
  if (Array.isArray(node)) {
    if (node.length === 0) return '[]';
    const line = `[${node.map((item) => outline(item)).join(', ')}]`;
    if (fits(line, indent)) return line;
    return node.map((item) => `\n${indent}- ${outline(item, `${indent}  `)}`).join('');
  }
  if (typeof node !== 'object' || node === null) return JSON.stringify(node);
  const entries = Object.entries(node).filter(([key, value]) => key !== 'span' && value !== undefined);
  const record = Object.fromEntries(entries);
  if (!('kind' in record) && Object.keys(record).join() === 'text') return String(record.text);
  if (record.kind === 'text' && Array.isArray(record.parts)) {
    return `"${record.parts.map((part) => (typeof part === 'string' ? JSON.stringify(part).slice(1, -1) : `{${outline(part)}}`)).join('')}"`;
  }
  if (record.kind === 'duration' && 'amount' in record)
    return `${record.amount} ${record.unit}${'calendar' in record ? ` in ${outline(record.calendar)}` : ''}`;
  if (record.kind === 'time') {
    const minutes = Number(record.minutes);
    if ('minutes' in record) return `${pad(Math.floor(minutes / 60))}:${pad(minutes % 60)}`;
  }
  if (record.kind === 'date' && 'iso' in record) return String(record.iso);
  if (record.kind === 'name') return outline(record.name);
  if (record.kind === 'number' && 'value' in record) {
    return `${record.value}${'unit' in record ? ` ${outline(record.unit)}` : ''}`;
  }
  if (record.kind === 'yes-no' && 'value' in record) return record.value ? 'yes' : 'no';
  if (record.kind === 'binary') {
    const line = `(${outline(record.left)} ${record.operator} ${outline(record.right)})`;
    if (fits(line, indent)) return line;
  }
  // Marks such as `once` are only places.
  if (Object.keys(record).join() === 'start,end') return 'here';
  const head = 'kind' in record ? `${record.kind}` : '';
  const rest = Object.entries(record).filter(([key]) => key !== 'kind');
  const line = `${head}(${rest.map(([key, value]) => `${key}: ${outline(value)}`).join(', ')})`;
  if (fits(line, indent)) return line;
  return head + rest.map(([key, value]) => `\n${indent}  ${key}: ${outline(value, `${indent}  `)}`).join('');
}

const fits = (line: string, indent: string) => line.length + indent.length <= LINE_MAX && !line.includes('\n');
const pad = (part: number) => String(part).padStart(2, '0');
