/** Blobs under other names outside the store. */
import { constants, copyFileSync, existsSync, linkSync } from "node:fs";
import { copyFile, link } from "node:fs/promises";
import { WholesourceError } from "../model/error.ts";
import { codeOf } from "./errno.ts";

/**
 * How a blob got its other name. A `clone` shares its blocks until one of them is changed; a `link` is the blob itself,
 * which is read-only: making it writable and changing it would damage the store; a `copy` shares nothing.
 */
export type ExportedAs = "clone" | "link" | "copy";

/** A blob and where it is to lie. */
export interface ExportRequest {
  readonly sha256: string;
  readonly target: string;
}

/** Lays blobs out under other names. What they hold is not read, and what is at a target already is never replaced. */
export interface Exporter {
  one(sha256: string, target: string): Promise<ExportedAs>;
  many(list: Iterable<ExportRequest>): { readonly [How in ExportedAs]: number };
}

const NEW_CLONE = constants.COPYFILE_EXCL | constants.COPYFILE_FICLONE_FORCE;
const NEW_COPY = constants.COPYFILE_EXCL | constants.COPYFILE_FICLONE;

/** What says that this way is closed, and nothing of the other ones. */
const OTHER_WAY: ReadonlySet<string> = new Set([
  "EXDEV",
  "ENOTSUP",
  "EOPNOTSUPP",
  "ENOSYS",
  "ENOTTY",
  "EINVAL",
  "EPERM",
  "EMLINK",
]);
/** What says that the store's file system has no clones at all. */
const NO_CLONES: ReadonlySet<string> = new Set(["ENOTSUP", "EOPNOTSUPP", "ENOSYS", "ENOTTY", "EINVAL"]);

/** Opens it for the blobs at these paths. */
export function createExporter(path: (sha256: string) => string): Exporter {
  let clones = true;
  const closed = (error: unknown, from: string, target: string): void => {
    const code = codeOf(error) ?? "";
    if (!OTHER_WAY.has(code)) throw exportError(error, from, target);
  };
  const noClone = (error: unknown, from: string, target: string): void => {
    closed(error, from, target);
    if (NO_CLONES.has(codeOf(error) ?? "")) clones = false;
  };
  return {
    async one(sha256, target) {
      const from = path(sha256);
      if (clones) {
        try {
          await copyFile(from, target, NEW_CLONE);
          return "clone";
        } catch (error) {
          noClone(error, from, target);
        }
      }
      try {
        await link(from, target);
        return "link";
      } catch (error) {
        closed(error, from, target);
      }
      await copyFile(from, target, NEW_COPY).catch((error: unknown) => {
        throw exportError(error, from, target);
      });
      return "copy";
    },
    many(list) {
      const counts = { clone: 0, link: 0, copy: 0 };
      for (const { sha256, target } of list) counts[exportNow(path(sha256), target)] += 1;
      return counts;
    },
  };

  function exportNow(from: string, target: string): ExportedAs {
    if (clones) {
      try {
        copyFileSync(from, target, NEW_CLONE);
        return "clone";
      } catch (error) {
        noClone(error, from, target);
      }
    }
    try {
      linkSync(from, target);
      return "link";
    } catch (error) {
      closed(error, from, target);
    }
    try {
      copyFileSync(from, target, NEW_COPY);
      return "copy";
    } catch (error) {
      throw exportError(error, from, target);
    }
  }
}

function exportError(cause: unknown, from: string, target: string): WholesourceError {
  const code = codeOf(cause) ?? String(cause);
  if (code === "ENOSPC" || code === "EDQUOT" || code === "EFBIG") {
    return new WholesourceError("no-space", `no space left for \`${target}\` (\`${code}\`)`, {
      hint: "free some space, or name a folder on another disk",
      cause,
    });
  }
  if (code === "ENOENT" && !existsSync(from)) {
    return new WholesourceError("store-failed", `the store has no blob \`${from}\``, { cause });
  }
  return new WholesourceError("output-failed", `\`${target}\` can not be laid out from the store (\`${code}\`)`, {
    hint:
      code === "EEXIST" ? "name a folder where nothing is yet" : "check that its folder is there and may be written",
    cause,
  });
}
