/**
 * The table of everything that services can ask for: routes, the OpenAPI document and MCP tools come from it.
 */
import { bulkOperations } from './bulk-moves.ts';
import { deedOperations } from './deeds.ts';
import { deliveryOperations } from './delivery.ts';
import { enrollmentOperations } from './enrollments.ts';
import { eventOperations } from './events.ts';
import type { Operation } from './operation.ts';
import { planOperations } from './plans.ts';
import { programOperations } from './programs.ts';
import { waitingOperations } from './waiting.ts';
import { workspaceOperations } from './workspace.ts';

export const operations: readonly Operation[] = [
  ...enrollmentOperations,
  ...deedOperations,
  ...eventOperations,
  ...programOperations,
  ...workspaceOperations,
  ...deliveryOperations,
  ...bulkOperations,
  ...planOperations,
  ...waitingOperations,
];
