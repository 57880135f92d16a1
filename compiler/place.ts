/**
 * Where an expression stands, and what was worked out there.
 *
 * Many questions ask about the same conditions and lets in the same places. So a place is one object however
 * often it is asked for, and has a memory; what does not hang on the stage is shared by all stages of its flow.
 */
import type { FlowPart } from './flow.ts';
import type { Expr, Flow, Ir, List } from './ir.ts';
import type { Sum } from './terms.ts';
import type { Look } from './ways.ts';

export type Place = {
  readonly ir: Ir;
  readonly flow: Flow;
  readonly list: List | undefined;
  /** The stage it is asked in, where it is asked in one only. */
  readonly stage: string | undefined;
  /** Parameters count as what they are at first. */
  readonly fixParameters: boolean;
  readonly lets: LetsMemory;
  /** Conditions that hang on the stage; and those that are the same in all stages. */
  readonly here: Map<Expr, Look>;
  readonly anywhere: Map<Expr, Look>;
};

/** What lets come to, by id: `underway` is one that is being worked out and asks for itself. */
export type LetsMemory = {
  sums: Map<string, Sum | typeof underway>;
  keys: Map<string, string | typeof underway>;
  whole: Map<string, boolean | typeof underway>;
};

export const underway = Symbol('underway');

/** A place outside of stages with those in the stages of its flow. */
type Around = { place: Place; stages: Map<string, Place> };

/** `hasParameters`: whether the program has values that it only reads; else it does not matter how they count. */
type Places = { hasParameters: boolean; flows: Map<Flow, Around[]> };

const known = new WeakMap<Ir, Places>();

/** The place in a flow of a program, or in one stage of it. */
export const placeIn = (ir: Ir, { flow, kind, of }: FlowPart, stage?: string, fixParameters = false): Place =>
  placeAt(ir, flow, kind === 'list' ? (of as List) : undefined, stage, fixParameters);

/** The same place where the item at hand is one of another list. */
export const placeWith = ({ ir, flow, stage, fixParameters }: Place, list: List | undefined): Place =>
  placeAt(ir, flow, list, stage, fixParameters);

/** The place in a flow (and stage) of a program, where `list` has the item at hand. */
export function placeAt(
  ir: Ir,
  flow: Flow,
  list: List | undefined,
  stage: string | undefined,
  fixParameters: boolean,
): Place {
  const { hasParameters, flows } = placesOf(ir);
  const fixed = fixParameters && hasParameters;
  const inFlow = flows.get(flow) ?? [];
  if (inFlow.length === 0) flows.set(flow, inFlow);
  let around = inFlow.find(({ place }) => place.list === list && place.fixParameters === fixed);
  if (around === undefined) {
    around = { place: emptyPlace(ir, flow, list, fixed), stages: new Map() };
    inFlow.push(around);
  }
  if (stage === undefined) return around.place;
  let place = around.stages.get(stage);
  if (place === undefined) {
    place = { ...around.place, stage, here: new Map() };
    around.stages.set(stage, place);
  }
  return place;
}

function placesOf(ir: Ir): Places {
  let places = known.get(ir);
  if (places === undefined) {
    const any = Object.values(ir.data).some((field) => field.parameter !== undefined);
    places = { hasParameters: any, flows: new Map() };
    known.set(ir, places);
  }
  return places;
}

const emptyPlace = (ir: Ir, flow: Flow, list: List | undefined, fixParameters: boolean): Place => ({
  ir,
  flow,
  list,
  stage: undefined,
  fixParameters,
  lets: { sums: new Map(), keys: new Map(), whole: new Map() },
  here: new Map(),
  anywhere: new Map(),
});
