/** Says where else bytes are: in stores, in archives, at Software Heritage. */
import { setMaxListeners } from "node:events";
import { WholesourceError } from "../model/error.ts";
import type { Located, LocatedFile } from "../model/located.ts";
import { createRun } from "./context.ts";
import type { Asked } from "./locate-answers.ts";
import { askArchives } from "./locate-archive.ts";
import { askStore, storesToAsk } from "./locate-store.ts";
import { askSwh } from "./locate-swh.ts";
import type { Wanted } from "./locate-wanted.ts";
import type { VerifyOptions } from "./options.ts";

export { digestArgument, type Wanted, wantedDigests, wantedOfManifest } from "./locate-wanted.ts";

/** Where it is looked; `store` is asked beside the store of the environment and the user's own. */
export interface LocateOptions
  extends Pick<
    VerifyOptions,
    | "store"
    | "offline"
    | "retries"
    | "timeouts"
    | "endpoints"
    | "allowPrivate"
    | "allowDowngrade"
    | "environment"
    | "cwd"
    | "signal"
  > {
  /** Archives, and folders of archives. */
  readonly archives?: readonly string[];
  /** False: Software Heritage is not asked. */
  readonly remote?: boolean;
}

/** Asks every place for every file. Throws `usage` where there is no place to ask. */
export async function locate(wanted: Wanted, options: LocateOptions): Promise<Located> {
  const { files } = wanted;
  const signal = AbortSignal.any(options.signal === undefined ? [] : [options.signal]);
  setMaxListeners(Number.POSITIVE_INFINITY, signal);
  const asked: Asked[] = [];
  try {
    for (const store of await storesToAsk(options.store, options.environment ?? {})) {
      asked.push(await askStore(store, files));
    }
    for (const path of options.archives ?? []) {
      for await (const one of askArchives(path, files, signal)) asked.push(one);
    }
    if (options.remote !== false && options.offline !== true) {
      const run = createRun(options.cwd === undefined ? {} : { folder: options.cwd }, options);
      try {
        asked.push(await askSwh(files, run.resolveContext));
      } finally {
        await run.close();
      }
    }
  } catch (error) {
    if (!signal.aborted) throw error;
    throw new WholesourceError("interrupted", "stopped before every place was asked", { cause: error });
  }
  if (asked.length === 0) {
    throw new WholesourceError("usage", "there is no place to look in", {
      hint: "name a store with --store or archives with --archive, or leave out --no-remote",
    });
  }
  return told(wanted, asked);
}

function told(wanted: Wanted, asked: readonly Asked[]): Located {
  const files = wanted.files.map((file, index): LocatedFile => {
    const answers = asked.map(({ answers: all }, place) => ({
      place,
      ...(all[index] ?? { status: "unknown" as const }),
    }));
    const found = answers.some(({ status }) => status === "found");
    const everywhere = answers.every(({ status }) => status === "absent");
    return { ...file, status: found ? "found" : everywhere ? "nowhere" : "unknown", answers };
  });
  const count = (status: LocatedFile["status"]): number => files.filter((file) => file.status === status).length;
  const summary = { found: count("found"), nowhere: count("nowhere"), unknown: count("unknown") };
  const untold = summary.unknown + wanted.filesOmitted + wanted.filesUndeclared + wanted.unread.length > 0;
  const nothing = files.length === 0;
  return {
    schemaVersion: "1",
    places: asked.map(({ place }) => place),
    files,
    filesOmitted: wanted.filesOmitted,
    filesUndeclared: wanted.filesUndeclared,
    unread: wanted.unread,
    summary: { ...summary, exitCode: summary.nowhere > 0 ? 1 : untold || nothing ? 3 : 0 },
  };
}
