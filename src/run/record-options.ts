import { randomInt } from "node:crypto";
import { WholesourceError } from "../model/error.ts";
import { DRAW_MAX, SEED_MAX } from "../records/draw.ts";
import { MAX_OBJECT_BYTES, PER_HOST_DEFAULT, SAMPLE_DEFAULT, type VerifyOptions } from "./options.ts";

/** How rows of lists of addresses are asked for. */
export interface RecordOptions {
  readonly sample: number | "all";
  readonly seed: number;
  /** Questions to one host at a time. */
  readonly perHost: number;
  readonly maxBytes: number;
  readonly offline: boolean;
}

/** Seeds that a run gives itself: short enough to be typed again. */
const SEEDS = 2 ** 32;

/** What the operator decided, with what follows where he did not. Throws WholesourceError for what can not be. */
export function recordOptions(options: VerifyOptions): RecordOptions {
  const { depth = "full", perHost = PER_HOST_DEFAULT, maxBytes = MAX_OBJECT_BYTES } = options;
  const { sample = depth === "full" ? "all" : SAMPLE_DEFAULT, seed = randomInt(SEEDS) } = options;
  if (sample !== "all" && !(Number.isInteger(sample) && sample >= 1 && sample <= DRAW_MAX)) {
    throw new WholesourceError("usage", `\`${sample}\` is no number of rows to draw`, {
      hint: `give a whole number from 1 to ${DRAW_MAX}, or \`all\``,
    });
  }
  if (!(Number.isInteger(seed) && seed >= 0 && seed <= SEED_MAX)) {
    throw new WholesourceError("usage", `\`${seed}\` is no seed`, {
      hint: `give a whole number from 0 to ${SEED_MAX}`,
    });
  }
  return { sample, seed, perHost, maxBytes, offline: options.offline ?? false };
}
