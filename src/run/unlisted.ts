import { locationRefused, type Place, refusalOutcome } from "../judge/refusals.ts";
import type { Found, Refusal, RemoteObject } from "../model/evidence.ts";
import type { Finding } from "../model/findings.ts";
import type { Location, Piece } from "../model/manifest.ts";
import type { Outcome } from "../model/report.ts";

/** What a host's listing could not tell: an entry that nobody can name, or all that comes after it broke off. */
export class Unlisted {
  #first: Refusal | undefined;

  /** The first thing that could not be told. */
  get first(): Refusal | undefined {
    return this.#first;
  }

  /** The listing as it comes. */
  watch(found: Found, tell: (refusal: Refusal) => void = () => {}): Found {
    const { objects } = found;
    if (objects === undefined) return found;
    return { ...found, objects: { [Symbol.asyncIterator]: () => this.#watched(objects, tell) } };
  }

  async *#watched(
    objects: AsyncIterable<RemoteObject | Refusal>,
    tell: (refusal: Refusal) => void,
  ): AsyncGenerator<RemoteObject | Refusal> {
    for await (const object of objects) {
      if ("status" in object) tell(object);
      // A pipe or a device in a folder is told, and is nothing that a release could mean.
      if ("status" in object && object.reason !== "not-a-file") this.#first ??= object;
      yield object;
    }
  }

  /** What that means for the piece, of which so many objects were told. */
  judge(
    piece: Piece,
    place: Place & { readonly location: number },
    { uri }: Location,
    objects: number,
  ): Refusal | { readonly finding: Finding; readonly outcome: Outcome } | undefined {
    const first = this.#first;
    if (first === undefined || objects === 0) return first;
    // Where files are declared, each that was not told says so itself; else all that the host has is part of the piece.
    if (piece.files !== undefined || piece.listing !== undefined) return undefined;
    // That something is not there says nothing of what else was to be listed.
    const refusal: Refusal = first.kind === "absent" ? { ...first, kind: "malformed" } : first;
    const at = { ...place, pointer: `${place.pointer}/locations/${place.location}` };
    return { finding: locationRefused(at, uri, refusal), outcome: refusalOutcome(refusal) };
  }
}
