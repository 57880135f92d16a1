/**
 * The terminal this process writes to.
 *
 * A reader that goes away (`regimen check | head -1`) is no mistake: what comes after is dropped,
 * and the command ends with the exit code it would have had.
 */
import { styleText } from 'node:util';
import type { Paint, Terminal } from './command.ts';

export function openTerminal(): Terminal {
  return {
    out: writer(process.stdout),
    err: writer(process.stderr),
    color: { out: painter(process.stdout), err: painter(process.stderr) },
    interactive: process.stdout.isTTY === true,
  };
}

/** Waits until everything written has left the process, then ends it: nothing that lingers can hold it up. */
export async function endProcess(exitCode: number): Promise<never> {
  await Promise.all(
    [process.stdout, process.stderr].map(
      (stream) => new Promise<void>((resolve) => (stream.writable ? stream.write('', () => resolve()) : resolve())),
    ),
  );
  process.exit(exitCode);
}

function writer(stream: NodeJS.WriteStream): (text: string) => void {
  let open = true;
  stream.on('error', (error: NodeJS.ErrnoException) => {
    open = false;
    if (error.code !== 'EPIPE' && error.code !== 'ERR_STREAM_DESTROYED') throw error;
  });
  return (text) => {
    if (open) stream.write(`${text}\n`);
  };
}

/** `NO_COLOR` set to anything but nothing means none, as no-color.org asks. */
function painter(stream: NodeJS.WriteStream): Paint {
  const colorful = stream.isTTY === true && !process.env.NO_COLOR && process.env.TERM !== 'dumb';
  return (style, text) => (colorful ? styleText(style, text, { validateStream: false }) : text);
}
