import { fileURLToPath } from "node:url";
import { createDigestLane, type DigestLane } from "../digest/local.ts";
import { type InsideFolder, insideFolder } from "../io/files-inside.ts";
import type { Http } from "../io/http.ts";
import type { Store } from "../io/store.ts";
import type { DigestAlgorithm } from "../model/digest.ts";
import type { Refusal } from "../model/evidence.ts";
import type { SaidIn } from "./local-reader.ts";
import type { LookOptions } from "./look-context.ts";

/** What one lane works with: opened on first use and kept for its batches. */
export interface LookTools {
  readonly options: LookOptions;
  readonly http: () => Http;
  readonly store: () => Promise<Store | undefined>;
  /** Buffers and digesters for a set of algorithms. */
  readonly lane: (algorithms: readonly DigestAlgorithm[]) => DigestLane | Promise<DigestLane>;
  /** Says what a file says of its licence, and remembers of the last texts what they are. */
  readonly saidIn: () => Promise<SaidIn>;
  /** The folder that local files must not leave, by its `file:` URL. */
  readonly inside: (url: string) => InsideFolder | Refusal;
}

/** The most sets of algorithms for which buffers are kept; a release uses one or two. */
const LANES_MAX = 16;
/** The most border folders that are remembered. */
const FOLDERS_MAX = 16;

/** The store, if one was asked for. */
export async function openStoreAt({ store, maxStoreBytes }: LookOptions): Promise<Store | undefined> {
  if (store === undefined) return undefined;
  const { openStore } = await import("../io/store.ts");
  return openStore(store, { maxBytes: maxStoreBytes });
}

export function createLookTools(
  options: LookOptions,
  http: () => Http,
  store: () => Promise<Store | undefined>,
): LookTools {
  const lanes = new Map<string, DigestLane>();
  const folders = new Map<string, InsideFolder | Refusal>();
  let said: Promise<SaidIn> | undefined;
  return {
    options,
    http,
    store,
    lane(algorithms) {
      const key = algorithms.join(" ");
      const known = lanes.get(key);
      if (known !== undefined) return known;
      return createDigestLane(algorithms).then((lane) => {
        if (lanes.size < LANES_MAX) lanes.set(key, lane);
        return lane;
      });
    },
    saidIn() {
      said ??= import("./look-licenses.ts").then(({ rememberingSaidIn }) => rememberingSaidIn());
      return said;
    },
    inside(url) {
      const known = folders.get(url);
      if (known !== undefined) return known;
      const opened = insideFolder(fileURLToPath(url));
      if (folders.size < FOLDERS_MAX) folders.set(url, opened);
      return opened;
    },
  };
}
