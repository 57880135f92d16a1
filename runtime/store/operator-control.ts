/**
 * The operators' part of the control surface on Postgres: `runtime/operator-control.ts` says what each promises.
 */
import type { OperatorControl } from '../operator-control.ts';
import { readAudit } from './audit.ts';
import { applyBulk, previewBulk, undoBulk } from './bulk-moves.ts';
import { readBulk, readBulkPeople, readBulks } from './bulk-records.ts';
import {
  pauseProgram,
  pauseWorkspace,
  programStandstill,
  resumeProgram,
  resumeWorkspace,
  workspaceStandstill,
} from './holds.ts';
import { listEnrollments, listedEnrollment, readSweeps } from './listings.ts';
import { advance, move, pause, resume, setData, undoMove, withdraw } from './operate.ts';
import { recordEvents } from './record-events.ts';
import type { Store } from './store.ts';

export function createOperatorControl(store: Store): OperatorControl {
  return {
    move: (input) => move(store, input),
    undoMove: (input) => undoMove(store, input),
    pause: (input) => pause(store, input),
    resume: (input) => resume(store, input),
    withdraw: (input) => withdraw(store, input),
    setData: (input) => setData(store, input),
    advance: (input) => advance(store, input),
    listEnrollments: (input) => listEnrollments(store, input),
    listedEnrollment: (id) => listedEnrollment(store, id),
    recordEvents: (input) => recordEvents(store, input),
    sweeps: (input) => readSweeps(store, input),
    audit: (input) => readAudit(store, input),
    pauseProgram: ({ program, ...how }) => pauseProgram(store, program, how),
    resumeProgram: ({ program, by }) => resumeProgram(store, program, by),
    programStandstill: (program) => programStandstill(store, program),
    pauseWorkspace: (how) => pauseWorkspace(store, how),
    resumeWorkspace: ({ by }) => resumeWorkspace(store, by),
    workspaceStandstill: () => workspaceStandstill(store),
    previewBulk: (input) => previewBulk(store, input),
    applyBulk: (input) => applyBulk(store, input),
    undoBulk: (input) => undoBulk(store, input),
    bulk: (id) => readBulk(store, store.sql, id),
    bulks: (input) => readBulks(store, input),
    bulkPeople: (input) => readBulkPeople(store, input),
  };
}
