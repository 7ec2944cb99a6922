/** Where a store keeps what, and where a store is. */
import { homedir } from "node:os";
import { join, resolve } from "node:path";
import { WholesourceError } from "../model/error.ts";

/** Where a store keeps what. */
export interface StorePaths {
  readonly root: string;
  readonly blobs: string;
  readonly partial: string;
  /** One file for each process that uses the store. */
  readonly sessions: string;
  /** One list for each release that is kept. */
  readonly roots: string;
  /** Blobs on their way out: they may come back. */
  readonly leaving: string;
  readonly blob: (sha256: string) => string;
  readonly quarantine: (sha256: string) => string;
}

/** The first two digits of a digest: the folders that blobs are spread over. */
export const prefixes: readonly string[] = Array.from({ length: 256 }, (_, at) => at.toString(16).padStart(2, "0"));

const SHA256 = /^[0-9a-f]{64}$/;

/** Whether this is a sha256 in lower-case hex, as blobs are named. */
export const isSha256 = (text: string): boolean => SHA256.test(text);

/** A digest becomes part of a path: nothing but a digest may. */
function checkedHex(sha256: string): string {
  if (isSha256(sha256)) return sha256;
  throw new WholesourceError("internal", `expected a sha256 in lower-case hex, got \`${sha256.slice(0, 80)}\``);
}

/** The layout below a folder. */
export function storePaths(folder: string): StorePaths {
  const root = resolve(folder);
  const blobs = join(root, "blobs", "sha256");
  return {
    root,
    blobs,
    partial: join(root, "partial"),
    sessions: join(root, "sessions"),
    roots: join(root, "roots"),
    leaving: join(root, "leaving"),
    blob: (sha256) => join(blobs, checkedHex(sha256).slice(0, 2), sha256),
    quarantine: (sha256) => join(root, "quarantine", "sha256", checkedHex(sha256)),
  };
}

/** The store of whoever names none: `WHOLESOURCE_STORE`, else the folder `wholesource/store` of the user's data. */
export function defaultStore(env: { readonly [name: string]: string | undefined }): string {
  const named = env.WHOLESOURCE_STORE;
  if (named !== undefined && named !== "") return resolve(named);
  // A relative one is to be ignored, says the specification of these folders.
  const data = [env.XDG_DATA_HOME, env.LOCALAPPDATA].find(
    (each) => each !== undefined && /^(?:\/|[A-Za-z]:)/.test(each),
  );
  return join(data ?? join(env.HOME ?? env.USERPROFILE ?? homedir(), ".local", "share"), "wholesource", "store");
}
