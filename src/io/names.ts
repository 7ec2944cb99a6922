/**
 * Whether host names are there at all, asked before anything connects. A name that leads nowhere keeps one of the
 * system's few threads busy for seconds; asked for many at once, they would take every thread, and hosts that are there
 * would seem not to answer.
 */
import { lookup as systemLookup } from "node:dns/promises";
import type { Refusal } from "../model/evidence.ts";
import { codeOf } from "./errno.ts";

/** Questions for names at a time: fewer than the four threads that the system's resolver has. */
const NAMES_AT_A_TIME = 3;
/** Names whose answers are remembered; beyond that the memory starts anew. */
const NAMES_MAX = 100_000;

/** Answers once for each name. */
export interface Names {
  /** Undefined when the name leads somewhere. */
  ask(host: string): Promise<Refusal | undefined>;
}

/** Starts without any answer. `lookup` throws for a name that leads nowhere. */
export function createNames(lookup: (host: string) => Promise<unknown> = systemLookup): Names {
  const answers = new Map<string, Promise<Refusal | undefined>>();
  const waiting: (() => void)[] = [];
  let busy = 0;

  const find = async (host: string): Promise<Refusal | undefined> => {
    if (busy >= NAMES_AT_A_TIME) await new Promise<void>((enter) => waiting.push(enter));
    else busy += 1;
    try {
      await lookup(host).catch((error: unknown) => {
        // It may only be the wrong moment.
        if (codeOf(error) !== "EAI_AGAIN") throw error;
        return lookup(host);
      });
      return undefined;
    } catch (error) {
      const code = codeOf(error);
      if (code === undefined) throw error;
      const message = `there is no host \`${host}\``;
      return { status: "refused", kind: "unreachable", reason: "name-not-resolved", message, errorCode: code };
    } finally {
      // The place is handed on, so `busy` stays as it is.
      const next = waiting.shift();
      if (next === undefined) busy -= 1;
      else next();
    }
  };
  return {
    ask(host) {
      const known = answers.get(host);
      if (known !== undefined) return known;
      if (answers.size >= NAMES_MAX) answers.clear();
      const answer = find(host);
      answers.set(host, answer);
      return answer;
    },
  };
}
