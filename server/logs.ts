/**
 * Logs: a line for people, or one JSON object a line for machines, with the one id that goes from a message
 * to its delivery (`origin`).
 *
 * In JSON everything that happens is a line (`runtime/store/notes.ts`); as text only what somebody should
 * look at. Neither carries what people wrote, nor secrets.
 */
import { pino } from 'pino';
import type { Noted } from '../runtime/store/notes.ts';
import { originNow } from '../runtime/store/origin.ts';

export type Logs = {
  log: (line: string) => void;
  note: (note: Noted) => void;
};

/** `write` takes a line without its end. `service` says which part of Regimen speaks: `server`, `worker`, `dev`. */
export function openLogs(format: 'text' | 'json', service: string, write: (line: string) => void): Logs {
  if (format === 'text') return { log: write, note: () => {} };
  const logger = pino(
    {
      base: { service, pid: process.pid },
      timestamp: pino.stdTimeFunctions.isoTime,
      messageKey: 'message',
      formatters: { level: (level) => ({ level }) },
    },
    { write: (line) => write(line.trimEnd()) },
  );
  return {
    log: (line) => {
      const origin = originNow();
      if (origin === undefined) logger.info(line);
      else logger.info({ origin }, line);
    },
    note: ({ kind, ...told }) => {
      // An attempt that failed is worth a look even where the next one goes well.
      const level = 'outcome' in told && told.outcome !== 'done' && told.outcome !== 'sent' ? 'warn' : 'info';
      logger[level](told, kind);
    },
  };
}
