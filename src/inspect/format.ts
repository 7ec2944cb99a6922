import type { Hazard } from "../model/evidence.ts";
import type { Json } from "../model/json.ts";
import type { NamePromise } from "./name-promise.ts";

/** The parts of a file that were kept. */
export interface Sample {
  readonly path: string;
  /** What the name lets one expect. */
  readonly promise: NamePromise;
  readonly head: Uint8Array;
  /** The last bytes, at least `tailBytes` of them (or the whole file), when they are known. */
  readonly tail?: Uint8Array;
  /** Bytes of the whole file; absent when it was not read to its end. */
  readonly size?: number;
}

/** What a format has to say about a sample of it. */
export interface Sight {
  readonly hazards?: readonly Hazard[];
  /** Small and of bounded length. */
  readonly facts?: { readonly [name: string]: Json };
}

/** Knows one format by its bytes. */
export interface Format {
  /** Written into every report; never renamed or reused. */
  readonly id: string;
  /** True when a text editor could not show it: such bytes under a text's name are a surprise. */
  readonly binary: boolean;
  /** The first bytes that this format can begin with; absent when any may. */
  readonly firstBytes?: readonly number[];
  /** Tells by the first bytes alone. Must be cheap: it is asked for every file. */
  matches(head: Uint8Array): boolean;
  /** How much of the beginning its header needs, judged by what is there so far. */
  headWanted?(head: Uint8Array): number;
  /** How much of the end `inspect` needs. */
  readonly tailBytes?: number;
  inspect?(sample: Sample): Sight;
}

/** Checks the shape and gives it back. */
export function defineFormat(format: Format): Format {
  return format;
}
