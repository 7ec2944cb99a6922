import type { Depth, Evidence, Found, Refusal, RemoteObject } from "../model/evidence.ts";

type Told = Pick<Evidence, "published" | "probed" | "refusal">;

/** What is known of an object without a question of our own, because its host told it; undefined where a look is needed. */
export function toldOf(object: RemoteObject, found: Found, depth: Depth): Told | undefined {
  const { size, digest, mediaType, refusal } = object.mode === "120000" ? textLess(object) : object;
  const published = {
    ...(size === undefined ? {} : { size }),
    ...(digest === undefined ? {} : { digest }),
    ...(mediaType === undefined ? {} : { mediaType }),
  };
  const told = Object.keys(published).length === 0 ? {} : { published };
  if (refusal !== undefined) return { ...told, refusal };
  if (depth !== "probe") return undefined;
  // The resolver's own question to this host was the probe.
  if (found.single === true && found.exchange !== undefined) return { ...told, probed: { exchange: found.exchange } };
  return object.listed === true ? { ...told, probed: {} } : undefined;
}

/** What a host lists of a link is of the link's own text, and no word about the file that is meant. */
function textLess({ size: _length, digest: _text, ...rest }: RemoteObject): RemoteObject {
  return rest;
}

/** Denials in a row after which a gate is not tried any more: a model has a thousand files, and one answer to give. */
const DENIALS_ENOUGH = 16;

/** The gate in front of a location: what a denial behind it means, and when to stop knocking. */
export class Gate {
  readonly #gated: Found["gated"];
  #denied = 0;
  #passed = false;

  constructor(gated: Found["gated"]) {
    this.#gated = gated;
  }

  /** Without a gate a denial is just that; behind one it is the gate. */
  seen(evidence: Evidence): Evidence {
    if (this.#gated === undefined) return evidence;
    const { refusal } = evidence;
    if (refusal === undefined) {
      // Some hosts give away a readme and the like in front of the gate: that is not yet a way in.
      this.#passed ||= (evidence.transfer?.size ?? 0) > 0 && this.#denied === 0;
      return evidence;
    }
    if (refusal.reason !== "authentication-required" && refusal.reason !== "forbidden" && refusal.reason !== "gated")
      return evidence;
    this.#denied += 1;
    return { ...evidence, refusal: { ...refusal, reason: "gated" } };
  }

  /** What is said of an object that is not asked for any more; undefined while asking is worth it. */
  shut(): Refusal | undefined {
    if (this.#gated === undefined || this.#passed || this.#denied < DENIALS_ENOUGH) return undefined;
    return {
      status: "refused",
      kind: "denied",
      reason: "gated",
      message: `not asked for: \`${DENIALS_ENOUGH}\` other files of this location were refused`,
    };
  }
}
