/**
 * The names of characters that show nothing, so that messages can speak of them.
 */

/** What stands on no screen, and what it is called. */
const hidden = new Map<string, string>([
  ['\u00AD', 'soft hyphen'],
  ['\u200B', 'zero width space'],
  ['\u200C', 'zero width non-joiner'],
  ['\u200D', 'zero width joiner'],
  ['\u200E', 'left-to-right mark'],
  ['\u200F', 'right-to-left mark'],
  ['\u202A', 'left-to-right embedding'],
  ['\u202B', 'right-to-left embedding'],
  ['\u202C', 'pop directional formatting'],
  ['\u202D', 'left-to-right override'],
  ['\u202E', 'right-to-left override'],
  ['\u2060', 'word joiner'],
  ['\u2066', 'left-to-right isolate'],
  ['\u2067', 'right-to-left isolate'],
  ['\u2068', 'first strong isolate'],
  ['\u2069', 'pop directional isolate'],
  ['\uFEFF', 'zero width no-break space'],
]);

/** `U+200B (zero width space)`, or undefined for a character that can be seen. */
export function invisibleName(character: string): string | undefined {
  const name = hidden.get(character) ?? (isControl(character) ? 'control character' : undefined);
  return name && `${numbered(character)} (${name})`;
}

/** Codes of old teleprinters, which no text needs: all but tabs and line ends. */
const isControl = (character: string): boolean => {
  const code = character.codePointAt(0) ?? 0;
  return code < 0x09 || (code > 0x0d && code < 0x20) || code === 0x7f;
};

/** `U+0430`. */
export const numbered = (character: string) =>
  `U+${(character.codePointAt(0) ?? 0).toString(16).toUpperCase().padStart(4, '0')}`;
