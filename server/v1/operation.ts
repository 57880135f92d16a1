/**
 * What an operation of the service doors is: one description, from which its route, the checks of what comes
 * in, its place in the OpenAPI document and its MCP tool are made, so that they cannot differ.
 */
import type { Control } from '../../runtime/control.ts';
import type { Scope } from '../../runtime/store/service-keys.ts';

/** A JSON Schema (2020-12, as OpenAPI 3.1 has it). */
export type Schema = { readonly [keyword: string]: unknown };

export type Properties = Record<string, Schema>;

export type Operation = {
  /** The operation's id, and the name of its tool. */
  id: string;
  method: 'GET' | 'POST' | 'PATCH';
  /** `/v1/enrollments/{enrollment}`; names in braces are `params`. */
  path: string;
  scope: Scope;
  /** What it is for, in a line; and what there is to know about it. */
  summary: string;
  about?: string;
  params?: Properties;
  query?: Properties;
  /** Of the body: its fields, and which of them must be there. */
  body?: { properties: Properties; required?: readonly string[] };
  /** The status of a success; `fresh` where the thing was made by this very request. */
  status: { usual: number; fresh?: number };
  answer: Schema;
  /** It speaks of one version of an enrollment: the answer has an ETag, and a change takes If-Match. */
  tagged?: true;
  /** It takes people out, or moves many: a tool's user is asked first. */
  grave?: true;
  /** The largest body, in bytes; `bodyBytesMax` without. */
  bytesMax?: number;
  run(context: Context, given: never): Promise<Answer>;
};

/** What every operation has at hand. */
export type Context = {
  control: Control;
  workspace: string;
  /** Who asks: `service:<key id>`. */
  by: string;
  /** Of this request; the same for a repeat under one Idempotency-Key. */
  id: string;
  /** From If-Match: the last timeline row that was seen. */
  expect?: number;
};

export type Answer = {
  body: unknown;
  fresh?: boolean;
  /** The last timeline row, for the ETag. */
  seq?: number;
  /** The path of what was made. */
  location?: string;
};

/** Says what an operation takes, and keeps that to itself: the table holds them all as one type. */
export const operation = <Given>(
  one: Omit<Operation, 'run'> & { run(context: Context, given: Given): Promise<Answer> },
): Operation => one;
