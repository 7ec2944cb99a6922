/** Unpacks a layer that is a tar, plain or compressed: regular files and nothing else. */
import { closeSync, mkdirSync, openSync, rmSync } from "node:fs";
import { dirname, join } from "node:path";
import { createMemberReader, type Member } from "../inspect/members.ts";
import { codeOf } from "../io/errno.ts";
import { readAhead } from "../io/files.ts";
import type { Sink } from "../io/sink.ts";
import { storeError } from "../io/store-write.ts";
import type { HazardCode } from "../model/evidence.ts";
import type { BagFaults } from "./bag-faults.ts";
import type { ArchiveFaultCode } from "./contents.ts";
import { writeAllSync } from "./folder-place.ts";
import { createUnzstd, isZstd, type Unzstd } from "./zstd-read.ts";

/** Unpacked bytes for each packed byte, once they are many. */
const MAX_RATIO = 1000;
/** Bytes up to which the ratio is not asked. */
const RATIO_GRACE_BYTES = 64 * 1024 * 1024;
/** What a release of ours may need: paths are as deep as a manifest may declare them. */
const limits = { maxDepth: 4096, maxTotalBytes: Number.MAX_SAFE_INTEGER, maxRatio: MAX_RATIO };
const fileMode = 0o644;

/** A layer, and where its files go. */
export interface TarLayer {
  readonly file: string;
  /** As the layout calls it. */
  readonly blob: string;
  readonly size: number;
  readonly to: string;
  /** Where a member goes below `to`; undefined where it may not be anywhere, which is told by then. */
  readonly place: (path: string) => string | undefined;
}

/** True for errors of a path at which, or above which, there is something else. */
export function isTaken(error: unknown): boolean {
  return ["EEXIST", "ENOTDIR", "EISDIR"].includes(codeOf(error) ?? "");
}

/** Writes the members out. What is wrong with the archive becomes faults; a full disk is thrown. */
export async function unpackLayer(
  { file, blob, to, place }: TarLayer,
  faults: BagFaults,
  signal: AbortSignal | undefined,
): Promise<{ readonly files: number; readonly bytes: number }> {
  const total = { files: 0, bytes: 0 };
  let current: Target | undefined;
  const onMember = (member: Member): Sink | undefined => {
    const { type, path, size } = member;
    if (type === "folder") return undefined;
    if (type !== "file") {
      faults.error("path-unsafe", path, type === "other" ? "it is no regular file" : "links are not laid out");
      return undefined;
    }
    const placed = place(path);
    current = placed === undefined ? undefined : openTarget(join(to, placed), placed, faults);
    const target = current;
    return (
      target && {
        write: (chunk) => target.write(chunk),
        end() {
          target.close();
          current = undefined;
          total.files += 1;
          total.bytes += size;
        },
      }
    );
  };
  const reader = createMemberReader({ path: blob, strip: 0, onMember, limits });
  let unzstd: Unzstd | undefined;
  let begun = false;
  try {
    const take = async (bytes: Uint8Array): Promise<boolean> => {
      await reader.write(bytes);
      return true;
    };
    const read = await readAhead(
      file,
      async (chunk) => {
        if (!begun && isZstd(chunk)) {
          unzstd = await createUnzstd(take, { maxRatio: MAX_RATIO, ratioGraceBytes: RATIO_GRACE_BYTES });
        }
        begun = true;
        if (unzstd === undefined) await reader.write(chunk);
        else await unzstd.write(chunk);
      },
      { signal },
    );
    signal?.throwIfAborted();
    if (read.status === "refused") faults.error("archive-damaged", blob, `it can not be read: ${read.message}`);
    const damage = unzstd?.finish();
    if (damage !== undefined) faults.error("archive-damaged", blob, damage.detail);
    const { hazards, needsFile } = await reader.finish(read.status === "read" && damage === undefined);
    if (needsFile === true) faults.error("archive-damaged", blob, "it is a zip, where a tar should be");
    for (const { code, at, detail } of hazards) {
      faults.error(faultOf(code), blob, at === undefined ? detail : `\`${at}\`: ${detail}`);
    }
  } finally {
    unzstd?.close();
    // A member that was cut off is none.
    current?.drop();
  }
  return total;
}

interface Target {
  write(chunk: Uint8Array): void;
  close(): void;
  drop(): void;
}

function openTarget(file: string, path: string, faults: BagFaults): Target | undefined {
  let fd: number;
  try {
    mkdirSync(dirname(file), { recursive: true });
    fd = openSync(file, "wx", fileMode);
  } catch (error) {
    if (!isTaken(error)) throw storeError(error, `laying \`${path}\` out`);
    faults.error("path-unsafe", path, "something else of the artifact is there already");
    return undefined;
  }
  let open = true;
  const close = (): void => {
    if (open) closeSync(fd);
    open = false;
  };
  return {
    write(chunk) {
      try {
        writeAllSync(fd, chunk);
      } catch (error) {
        throw storeError(error, `laying \`${path}\` out`);
      }
    },
    close,
    drop() {
      close();
      rmSync(file, { force: true });
    },
  };
}

function faultOf(code: HazardCode): ArchiveFaultCode {
  return code === "archive-unsafe" || code === "archive-ambiguous" ? "path-unsafe" : "archive-damaged";
}
