import { setMaxListeners } from "node:events";
import { tmpdir } from "node:os";
import { resolveInside } from "../io/files.ts";
import { createHttp, type Http } from "../io/http.ts";
import { run as runProcess, start as startProcess } from "../io/process.ts";
import { createScratch } from "../io/scratch.ts";
import { createSettings } from "../io/settings.ts";
import { createShare } from "../io/share.ts";
import type { Depth, Evidence, Refusal } from "../model/evidence.ts";
import type { VerificationDepth } from "../model/report.ts";
import type { ResolveContext } from "../resolve/resolver.ts";
import { endpointsOf } from "./endpoints.ts";
import type { Hooks } from "./hooks.ts";
import type { Looker } from "./look-context.ts";
import { lookOptions } from "./look-options.ts";
import { createLooker } from "./looker.ts";
import type { VerifyOptions } from "./options.ts";
import { type RecordOptions, recordOptions } from "./record-options.ts";
import type { ManifestSource } from "./source.ts";

/** What the parts of one run share. */
export interface Run {
  /** How files are looked at: depth `sample` concerns the rows of lists of addresses alone. */
  readonly depth: Depth;
  readonly verificationDepth: VerificationDepth;
  /** How rows of lists of addresses are asked for. */
  readonly records: RecordOptions;
  readonly resolveContext: ResolveContext;
  readonly signal: AbortSignal;
  readonly keepsStore: boolean;
  readonly hooks: Hooks;
  readonly onEvidence: ((evidence: Evidence) => void) | undefined;
  readonly looker: () => Looker;
  /** A path of the manifest, checked to lie where it may. */
  readonly localFile: (path: string) => { readonly path: string } | Refusal;
  close(): Promise<void>;
}

/** Opens what a run needs; nothing is opened before it is asked for. */
export function createRun(source: Pick<ManifestSource, "folder">, options: VerifyOptions, hooks: Hooks = {}): Run {
  const look = lookOptions(options, hooks.keeping);
  // Every transfer listens to it: as many as there are connections, which is no leak.
  const signal = AbortSignal.any(options.signal === undefined ? [] : [options.signal]);
  setMaxListeners(Number.POSITIVE_INFINITY, signal);
  const http: Http = createHttp(look);
  let looker: Looker | undefined;
  const scratch = createScratch();
  const endpoints = endpointsOf(options);
  const allowOutside = options.allowOutside ?? false;
  const verificationDepth = options.depth ?? "full";
  const depth = verificationDepth === "sample" ? "full" : verificationDepth;
  return {
    depth,
    verificationDepth,
    records: recordOptions(options),
    signal,
    // What was kept by its sha256 is measured by it again.
    keepsStore: options.store !== undefined || hooks.replay !== undefined,
    hooks,
    onEvidence: options.onEvidence,
    resolveContext: {
      http,
      signal,
      baseFolder: source.folder,
      allowOutside,
      depth,
      endpoint: (id) => endpoints[id],
      scratch: () => scratch.folder(),
      run: runProcess,
      start: startProcess,
      // Loaded by runs in which a program of ours connects.
      admit: async (host, how) => (await import("../io/admit.ts")).createAdmit(look)(host, how),
      share: createShare(),
      setting: createSettings({ cwd: options.cwd ?? tmpdir(), env: options.environment ?? {}, run: runProcess }),
    },
    looker: () => {
      looker ??= createLooker(look, signal, options.concurrency);
      return looker;
    },
    localFile: (path) =>
      source.folder === undefined
        ? {
            status: "refused",
            kind: "denied",
            reason: "outside-blocked",
            message: "the manifest has no folder of its own",
          }
        : resolveInside(source.folder, path),
    async close() {
      try {
        await looker?.close();
      } finally {
        await http.close();
        await scratch.remove();
      }
    },
  };
}
