/**
 * A small strict reader of XML, for what Regimen writes: elements, attributes, texts and references.
 *
 * Throws for anything that is not well-formed. No namespaces, no comments, no document types.
 */
export type XmlElement = { name: string; attributes: Record<string, string>; children: XmlElement[]; text: string };

const named: Record<string, string> = { amp: '&', lt: '<', gt: '>', quot: '"', apos: "'" };

export function readXml(text: string): XmlElement {
  let at = 0;
  const fail = (what: string): never => {
    throw new Error(`${what} at ${at}: ${JSON.stringify(text.slice(at, at + 40))}`);
  };
  const take = (pattern: RegExp): string[] | null => {
    const sticky = new RegExp(pattern.source, 'yu');
    sticky.lastIndex = at;
    const match = sticky.exec(text);
    if (match) at = sticky.lastIndex;
    return match && [...match];
  };
  const plain = (raw: string): string => {
    // biome-ignore lint/suspicious/noControlCharactersInRegex: these are the ones that XML forbids.
    if (/[\u0000-\u0008\u000B\u000C\u000E-\u001F\uFFFE\uFFFF]/.test(raw) || !raw.isWellFormed()) fail('a character');
    return raw.replace(/&(?:#(\d+)|(\w+));|&/g, (_, code?: string, name?: string) =>
      code !== undefined ? String.fromCodePoint(Number(code)) : (named[name ?? ''] ?? fail('a reference')),
    );
  };
  const element = (): XmlElement => {
    const name = take(/<([A-Za-z][\w-]*)/)?.[1] ?? fail('no element');
    const attributes: Record<string, string> = {};
    for (let one = take(/\s+([A-Za-z][\w-]*)="([^"<]*)"/); one; one = take(/\s+([A-Za-z][\w-]*)="([^"<]*)"/)) {
      if (one[1] !== undefined && one[1] in attributes) fail('an attribute twice');
      attributes[one[1] ?? ''] = plain(one[2] ?? '');
    }
    const made: XmlElement = { name, attributes, children: [], text: '' };
    if (take(/\s*\/>/)) return made;
    if (!take(/\s*>/)) fail('an open tag');
    while (!take(new RegExp(`</${name}\\s*>`))) {
      const words = take(/[^<]+/);
      if (words) made.text += plain(words[0] ?? '');
      else made.children.push(element());
    }
    return made;
  };
  if (!take(/<\?xml version="1\.0" encoding="UTF-8"\?>\s*/)) fail('no declaration');
  const root = element();
  if (!take(/\s*$/)) fail('something after the end');
  return root;
}

/** Every element of a name, at any depth. */
export const elementsOf = (root: XmlElement, name: string): XmlElement[] => [
  ...(root.name === name ? [root] : []),
  ...root.children.flatMap((child) => elementsOf(child, name)),
];
