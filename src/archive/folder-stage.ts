/**
 * What is being written has a name of its own beside its target, with its owner in it, until all of it is on the disk.
 * What dead owners have left there is cleared away by whoever writes to the same target next.
 */
import { createHash } from "node:crypto";
import { lstatSync, mkdirSync, readdirSync, realpathSync, renameSync, rmSync } from "node:fs";
import { basename, dirname, join, resolve } from "node:path";
import { codeOf } from "../io/errno.ts";
import { PARTIAL_STALE_MS } from "../io/limits.ts";
import { nonce, ownerName, ownerState } from "../io/store-owner.ts";
import { place, syncFolder } from "../io/store-write.ts";
import { WholesourceError } from "../model/error.ts";

/** A place to write to, until it is given its name. Whoever opens one ends it: publish or discard. */
export interface Stage {
  readonly path: string;
  /** Gives it its final name. Everything in it must be on the disk. */
  publish(): Promise<void>;
  discard(): void;
}

export interface StageOptions {
  readonly kind: "file" | "folder";
  /** Put it in the place of what is there. */
  readonly replace: boolean;
}

/** Suffixes: what is not whole yet, and what was there before. */
const PARTIAL = "partial";
const REPLACED = "replaced";

/** Bytes of a target's own name that still leave room for the rest. */
const maxBaseBytes = 160;
/** How often a target that others also replace is tried. */
const maxTries = 5;

/** Opens a place beside the target, whose folder is made when it is not there. The place itself is not made. */
export async function openStage(given: string, { kind, replace }: StageOptions): Promise<Stage> {
  const target = realTarget(given);
  const parent = dirname(target);
  mkdirSync(parent, { recursive: true });
  sweep(parent, target);
  refuseTaken(target, kind, replace);
  const name = (suffix: string): string => join(parent, [base(target), ownerName(), nonce(), suffix].join("."));
  const path = name(PARTIAL);
  let old: string | undefined;

  const putFolder = (): void => {
    for (let tries = 1; ; tries++) {
      try {
        // A folder takes the place of an empty one in a single step.
        renameSync(path, target);
        return;
      } catch (error) {
        if (!isTaken(error)) throw error;
        if (!replace || tries === maxTries) throw taken(target);
      }
      old = name(REPLACED);
      try {
        renameSync(target, old);
      } catch (error) {
        if (codeOf(error) !== "ENOENT") throw error;
        old = undefined;
      }
    }
  };
  const putFile = async (): Promise<void> => {
    if (replace) renameSync(path, target);
    else if (!(await place(path, target))) throw taken(target);
  };
  return {
    path,
    async publish() {
      try {
        if (kind === "folder") putFolder();
        else await putFile();
      } catch (error) {
        if (isTaken(error) || codeOf(error) === "EISDIR") throw taken(target);
        throw error;
      } finally {
        putBack(old, target);
      }
      await syncFolder(parent);
      if (old !== undefined) rmSync(old, { recursive: true, force: true });
    },
    discard: () => rmSync(path, { recursive: true, force: true, maxRetries: 3 }),
  };
}

/** What was there before is there again when nothing came in its place. */
function putBack(old: string | undefined, target: string): void {
  if (old !== undefined && !isThere(target)) renameSync(old, target);
}

/** A link to a folder means that folder; the stage must be on its disk. */
function realTarget(given: string): string {
  const target = resolve(given);
  try {
    return realpathSync(target);
  } catch {
    return target;
  }
}

/** Throws `usage` where something is that may not be replaced: before anything is read for what would go there. */
export function refuseTaken(target: string, kind: "file" | "folder", replace: boolean): void {
  const facts = lstatSync(target, { throwIfNoEntry: false });
  if (facts === undefined) return;
  const isFolder = facts.isDirectory();
  if (replace ? isFolder === (kind === "folder") : kind === "folder" && isFolder && isEmpty(target)) return;
  throw taken(target);
}

const isEmpty = (folder: string): boolean => readdirSync(folder).length === 0;

const isThere = (path: string): boolean => lstatSync(path, { throwIfNoEntry: false }) !== undefined;

function isTaken(error: unknown): boolean {
  return ["ENOTEMPTY", "EEXIST", "ENOTDIR"].includes(codeOf(error) ?? "");
}

function taken(target: string): WholesourceError {
  return new WholesourceError("usage", `\`${target}\` is there already`, {
    hint: "name another place, or remove what is there",
    subject: target,
  });
}

/** The target's own name, or what stands for one that leaves no room. */
function base(target: string): string {
  const name = basename(target);
  return Buffer.byteLength(name) <= maxBaseBytes ? name : createHash("sha256").update(name).digest("hex");
}

/** Clears away what dead owners left: a half-written archive goes, one that lost its name gets it back. */
function sweep(parent: string, target: string): void {
  const prefix = `${base(target)}.`;
  for (const name of readdirSync(parent)) {
    if (!name.startsWith(prefix)) continue;
    const [owner = "", , suffix, ...more] = name.slice(prefix.length).split(".");
    if ((suffix !== PARTIAL && suffix !== REPLACED) || more.length > 0) continue;
    const path = join(parent, name);
    if (!isLeft(owner, path)) continue;
    if (suffix === REPLACED && !isThere(target)) renameSync(path, target);
    else rmSync(path, { recursive: true, force: true, maxRetries: 3 });
  }
}

function isLeft(owner: string, path: string): boolean {
  const state = ownerState(owner);
  if (state !== "unknown") return state === "gone";
  const facts = lstatSync(path, { throwIfNoEntry: false });
  return facts !== undefined && Date.now() - facts.mtimeMs > PARTIAL_STALE_MS;
}
