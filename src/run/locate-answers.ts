/** What a place says of each of the files that it is asked for, in their order. */
import type { LocateAnswer, LocatePlace } from "../model/located.ts";

/** One answer, before its place has a number. */
export type Answer = Omit<LocateAnswer, "place">;

/** A place with an answer for each file. */
export interface Asked {
  readonly place: LocatePlace;
  readonly answers: readonly Answer[];
}

/** No answer, and why. */
export const unknown = (reason: string): Answer => ({ status: "unknown", reason });
