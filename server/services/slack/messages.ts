/**
 * Messages as Slack writes them: texts to blocks and back, buttons, and the shape after an answer.
 *
 * Pure. Slack marks up with `<`, `>` and `&`; a text of the program must come out as it was written,
 * and a text of the person must come in as they typed it.
 */
import type { types } from '@slack/bolt';

/** What a button carries back. */
export type ButtonValue = { question: string; value: string };

/** Slack's own limits. */
const sectionLengthMax = 3000;
const buttonTextLengthMax = 75;
const buttonValueLengthMax = 2000;
const buttonsPerBlockMax = 25;
const buttonsMax = 100;
/** The fallback text for notifications. */
const fallbackLengthMax = 3000;

export const buttonPrefix = 'regimen-answer-';

export type OutgoingBlocks = { text: string; blocks: types.KnownBlock[] };

/**
 * A text, and under it one button for each option of the question. Options beyond what Slack takes are listed as text.
 */
export function messageBlocks(text: string, question?: { id: string; options: string[] }): OutgoingBlocks {
  const blocks: types.KnownBlock[] = pieces(text).map((piece) => ({
    type: 'section',
    text: { type: 'mrkdwn', text: piece },
  }));
  const options = question?.options ?? [];
  const values = options.map((value) => JSON.stringify({ question: question?.id ?? '', value } satisfies ButtonValue));
  const fit = options.length <= buttonsMax && values.every((value) => value.length <= buttonValueLengthMax);
  if (!fit) {
    for (const piece of pieces(options.map((option, index) => `${index + 1}. ${option}`).join('\n'))) {
      blocks.push({ type: 'section', text: { type: 'mrkdwn', text: piece } });
    }
  }
  for (let from = 0; fit && from < options.length; from += buttonsPerBlockMax) {
    blocks.push({
      type: 'actions',
      elements: options.slice(from, from + buttonsPerBlockMax).map((option, index) => ({
        type: 'button',
        action_id: `${buttonPrefix}${from + index}`,
        text: { type: 'plain_text', text: shortened(option, buttonTextLengthMax), emoji: false },
        value: values[from + index] ?? '',
      })),
    });
  }
  return { text: shortened(escapeText(text), fallbackLengthMax), blocks };
}

/** The blocks of a message whose question is settled: the text stays, the buttons give way to a line. */
export function settledBlocks(blocks: unknown, line: string): types.KnownBlock[] {
  const kept = (Array.isArray(blocks) ? blocks : []).filter(
    (block): block is types.KnownBlock => typeof block === 'object' && block !== null && block.type === 'section',
  );
  return [
    ...kept,
    { type: 'context', elements: [{ type: 'mrkdwn', text: shortened(escapeText(line), sectionLengthMax) }] },
  ];
}

/** What a pressed button of ours says; null for any other. */
export function readButton(value: unknown): ButtonValue | null {
  if (typeof value !== 'string' || value.length > buttonValueLengthMax) return null;
  try {
    const read: unknown = JSON.parse(value);
    if (typeof read !== 'object' || read === null) return null;
    const { question, value: chosen } = read as Record<string, unknown>;
    return typeof question === 'string' && typeof chosen === 'string' ? { question, value: chosen } : null;
  } catch {
    return null;
  }
}

/** What the person typed: links, mentions and escapes of Slack's markup undone. */
export function plainText(text: string): string {
  return text
    .replace(/<([^<>]*)>/g, (_, inside: string) => {
      const [target = '', label] = inside.split('|');
      if (/^[@#!]/.test(target))
        return label
          ? `${target[0] === '#' ? '#' : '@'}${label.replace(/^[@#]/, '')}`
          : target.replace(/^!(?:subteam\^)?/, '@');
      return label === undefined || label === '' ? target.replace(/^(mailto|tel):/, '') : label;
    })
    .replaceAll('&lt;', '<')
    .replaceAll('&gt;', '>')
    .replaceAll('&amp;', '&');
}

/** `&` first, so that what is escaped is not escaped again. */
export const escapeText = (text: string): string =>
  text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');

/** Escaped pieces that fit a section, cut at a line or a space where there is one. An escape is never cut in two. */
function pieces(text: string): string[] {
  const cut: string[] = [];
  let rest = text.trim() === '' ? '…' : text;
  while (escapeText(rest).length > sectionLengthMax) {
    // An escape is at most five characters long.
    let end = Math.min(rest.length, sectionLengthMax);
    while (escapeText(rest.slice(0, end)).length > sectionLengthMax)
      end -= Math.max(1, Math.ceil((escapeText(rest.slice(0, end)).length - sectionLengthMax) / 5));
    const space = Math.max(rest.lastIndexOf('\n', end), rest.lastIndexOf(' ', end));
    // Half a character (of a pair) must not stay behind.
    const at = space > end / 2 ? space : /[\uD800-\uDBFF]/.test(rest[end - 1] ?? '') ? end - 1 : end;
    cut.push(escapeText(rest.slice(0, at)));
    rest = rest.slice(at).trimStart();
  }
  if (rest !== '') cut.push(escapeText(rest));
  return cut;
}

const shortened = (text: string, lengthMax: number): string =>
  text.length <= lengthMax ? text : `${text.slice(0, lengthMax - 1)}…`;
