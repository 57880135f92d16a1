/**
 * The terminal this process writes to, and how the process ends once everything is written.
 *
 * A reader that goes away (`regimen check | head -1`) is no mistake: what comes after is dropped,
 * and the command ends with the exit code it would have had.
 */
import { fstatSync, writeSync } from 'node:fs';
import { styleText } from 'node:util';
import type { Paint, Terminal } from './command.ts';

/** `end` waits until everything written has left the process, then ends it: nothing that lingers can hold it up. */
export type OpenTerminal = { terminal: Terminal; end(exitCode: number): Promise<never> };

export function openTerminal(): OpenTerminal {
  const out = outlet(1, () => process.stdout);
  const err = outlet(2, () => process.stderr);
  return {
    terminal: {
      out: out.say,
      err: err.say,
      color: { out: painter(out.isTerminal), err: painter(err.isTerminal) },
      interactive: out.isTerminal,
    },
    async end(exitCode) {
      await Promise.all([out.drained(), err.drained()]);
      process.exit(exitCode);
    },
  };
}

type Outlet = { say(text: string): void; isTerminal: boolean; drained(): Promise<void> };

function outlet(descriptor: number, open: () => NodeJS.WriteStream): Outlet {
  if (!takesAtOnce(descriptor)) return streamed(open());
  let isRead = true;
  /** Takes over where a pipe is full and cannot be waited for. */
  let later: Outlet | undefined;
  return {
    say(text) {
      if (later !== undefined) return later.say(text);
      if (!isRead) return;
      const rest = writeNow(descriptor, `${text}\n`);
      isRead = rest !== 'nobody reads';
      if (rest === 'nobody reads' || rest.length === 0) return;
      const stream = open();
      later = streamed(stream);
      stream.write(rest);
    },
    isTerminal: false,
    drained: async () => later?.drained(),
  };
}

/**
 * Whether a descriptor is a pipe or a file: those need no stream, whose code takes as long to load as a short run may
 * last.
 */
function takesAtOnce(descriptor: number): boolean {
  if (process.platform === 'win32') return false;
  try {
    const about = fstatSync(descriptor);
    return about.isFIFO() || about.isFile();
  } catch {
    return false;
  }
}

/** Writes as much as is taken, and gives back what a full pipe has left over. */
function writeNow(descriptor: number, text: string): Buffer | 'nobody reads' {
  let rest = Buffer.from(text);
  try {
    while (rest.length > 0) rest = rest.subarray(writeSync(descriptor, rest));
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === 'EPIPE') return 'nobody reads';
    if (code !== 'EAGAIN') throw error;
  }
  return rest;
}

function streamed(stream: NodeJS.WriteStream): Outlet {
  let open = true;
  stream.on('error', (error: NodeJS.ErrnoException) => {
    open = false;
    if (error.code !== 'EPIPE' && error.code !== 'ERR_STREAM_DESTROYED') throw error;
  });
  return {
    say: (text) => {
      if (open) stream.write(`${text}\n`);
    },
    isTerminal: stream.isTTY === true,
    drained: () => new Promise((resolve) => (stream.writable ? stream.write('', () => resolve()) : resolve())),
  };
}

/** `NO_COLOR` set to anything but nothing means none, as no-color.org asks. */
function painter(isTerminal: boolean): Paint {
  const colorful = isTerminal && !process.env.NO_COLOR && process.env.TERM !== 'dumb';
  return (style, text) => (colorful ? styleText(style, text, { validateStream: false }) : text);
}
