import type { Sink } from "../io/sink.ts";
import type { Hazard, Inspection } from "../model/evidence.ts";
import { detectFormat } from "./detect.ts";
import { findErrorBody } from "./error-body.ts";
import type { Format, Sample, Sight } from "./format.ts";
import { headBytes, maxHeadBytes } from "./limits.ts";
import { misfit } from "./misfit.ts";
import { type NamePromise, promiseOf, promiseOfFormat } from "./name-promise.ts";
import { createTail, type Tail } from "./tail.ts";

/** Tells what the bytes are that pass by. */
export interface Inspector extends Sink {
  write(chunk: Uint8Array): void;
  /** `complete` is false when the bytes did not come to their end: then nothing is said about their length. */
  finish(complete: boolean): Inspection;
}

export interface InspectorOptions {
  /** The file's name says what to expect. */
  readonly path: string;
  /** Bytes, when they are known beforehand: only spares memory. */
  readonly size?: number;
  /** A format id that somebody declared, instead of what the name promises. */
  readonly expectFormat?: string;
}

/** Keeps the beginning of a file, and the end where its format asks for it. */
export function createInspector(options: InspectorOptions): Inspector {
  const usual = Math.min(options.size ?? headBytes, headBytes);
  let head = Buffer.allocUnsafe(usual);
  let filled = 0;
  let size = 0;
  let growing = true;
  let tail: Tail | undefined;

  /** The kept beginning is full: does the format need more of it, or of the end? */
  const decide = (): void => {
    growing = false;
    const format = detectFormat(head);
    const wanted = Math.min(format?.headWanted?.(head) ?? 0, maxHeadBytes);
    if (wanted > head.length || head.length < headBytes) {
      const larger = Buffer.allocUnsafe(Math.max(wanted, headBytes));
      head.copy(larger, 0, 0, filled);
      head = larger;
      growing = true;
    } else if (format?.tailBytes !== undefined) {
      tail = createTail(format.tailBytes);
      tail.write(head);
    }
  };

  return {
    write(chunk) {
      size += chunk.length;
      let at = 0;
      while (growing && at < chunk.length) {
        if (filled === head.length) {
          decide();
          continue;
        }
        const took = Math.min(head.length - filled, chunk.length - at);
        head.set(chunk.subarray(at, at + took), filled);
        filled += took;
        at += took;
      }
      if (at < chunk.length) tail?.write(chunk.subarray(at));
    },
    finish(complete) {
      const beginning = head.subarray(0, filled);
      // Nothing was dropped: the beginning is the whole file.
      const end = filled === size ? beginning : tail?.bytes();
      return inspect(
        options.path,
        promiseFor(options),
        beginning,
        complete ? size : undefined,
        complete && end !== undefined ? () => end : undefined,
      );
    },
  };
}

/** The same for a file at hand: `head` is its beginning (better all of it), `last` gets its end for formats that ask for it. */
export function inspectBytes(
  path: string,
  head: Uint8Array,
  size: number,
  last?: (bytes: number) => Uint8Array,
): Inspection {
  return inspect(path, promiseOf(path), head, size, head.length >= size ? () => head : last);
}

function promiseFor({ path, expectFormat }: InspectorOptions): NamePromise {
  return expectFormat === undefined ? promiseOf(path) : promiseOfFormat(expectFormat);
}

const nothing: Inspection = { hazards: [] };
const empty: Inspection = { hazards: [{ code: "empty-file", detail: "the file has no bytes" }] };

function inspect(
  path: string,
  promise: NamePromise,
  head: Uint8Array,
  size: number | undefined,
  last: ((bytes: number) => Uint8Array) | undefined,
): Inspection {
  if (head.length === 0) return size === 0 ? empty : nothing;
  const format = detectFormat(head);
  // Most files end here: no format that we know, and a name that promises nothing.
  if (format === undefined && promise.kind === "unknown" && head[0] !== lessThan) return nothing;
  const tail = format?.tailBytes === undefined ? undefined : last?.(format.tailBytes);
  const sight = look(format, { path, promise, head, ...(tail && { tail }), ...(size === undefined ? {} : { size }) });
  const hazards = sight.hazards ?? surprise(path, promise, format, head, size);
  if (format === undefined && hazards.length === 0) return nothing;
  return {
    ...(format === undefined ? {} : { format: format.id }),
    hazards,
    ...(sight.facts === undefined ? {} : { facts: sight.facts }),
  };
}

const lessThan = 0x3c;
const noSight: Sight = {};
const look = (format: Format | undefined, sample: Sample): Sight => format?.inspect?.(sample) ?? noSight;

/** What the name did not lead one to expect. */
function surprise(
  path: string,
  promise: NamePromise,
  format: Format | undefined,
  head: Uint8Array,
  size: number | undefined,
): readonly Hazard[] {
  const excuse = format === undefined ? findErrorBody(path, promise, head, size) : undefined;
  if (excuse !== undefined) return [excuse];
  const detail = misfit(promise, format, head);
  return detail === undefined ? noHazards : [{ code: "format-unexpected", detail }];
}

const noHazards: readonly Hazard[] = [];
