/** Puts an archive's members into a new folder: regular files and folders, below it, and nothing else. */
import { closeSync, copyFileSync, linkSync, mkdirSync, openSync, statfsSync } from "node:fs";
import type { MemberLimits } from "../inspect/limits.ts";
import { readMemberName } from "../inspect/member-names.ts";
import type { Member } from "../inspect/members.ts";
import { codeOf } from "../io/errno.ts";
import type { Sink } from "../io/sink.ts";
import { WholesourceError } from "../model/error.ts";
import type { ArchiveFaultCode } from "./contents.ts";
import { stopIfAborted } from "./folder-error.ts";
import { writeAllSync } from "./folder-place.ts";
import type { FaultList } from "./open-faults.ts";
import { isFile } from "./open-form.ts";

/** Where members go. */
export interface Unpacker {
  readonly onMember: (member: Member) => Sink | undefined;
  /** Members that were met, whatever became of them. */
  readonly members: number;
  /** Throws when the disk has no room for so many bytes. */
  needs(bytes: number): void;
  /** Lets go of a file whose end never came. */
  close(): void;
}

export interface UnpackerOptions {
  readonly faults: FaultList;
  readonly limits: MemberLimits;
  readonly signal: AbortSignal;
}

/** What the disk says of a name that it can not have. */
const refusedNames: { readonly [code: string]: readonly [ArchiveFaultCode, string] } = {
  ENAMETOOLONG: ["archive-limit", "the path is too long for this disk"],
  EILSEQ: ["path-unsafe", "this disk can not have such a name"],
  EINVAL: ["path-unsafe", "this disk can not have such a name"],
};
/** The name is taken, by a file or by a folder: the reader of names has told it. */
const clashes: ReadonlySet<string> = new Set(["EEXIST", "ENOTDIR", "EISDIR"]);

/** What to do where there is no room to unpack. */
export const roomHint = "free some space, or name another folder for temporary files in TMPDIR";

/** Makes a taker of members; the folder is empty, and nobody else writes there. */
export function createUnpacker(root: string, { faults, limits, signal }: UnpackerOptions): Unpacker {
  const { bavail, bsize } = statfsSync(root);
  const room = bavail * bsize;
  let written = 0;
  let members = 0;
  let lastFolder = "";
  let open: number | undefined;

  const needs = (bytes: number): void => {
    if (bytes <= room) return;
    throw new WholesourceError(
      "no-space",
      `unpacking takes ${bytes} bytes or more, and \`${root}\` has room for ${room}`,
      {
        hint: roomHint,
        subject: root,
      },
    );
  };
  const close = (): void => {
    if (open !== undefined) closeSync(open);
    open = undefined;
  };
  const makeFolder = (folder: string): void => {
    if (folder === lastFolder) return;
    mkdirSync(`${root}/${folder}`, { recursive: true });
    lastFolder = folder;
  };
  const put = (member: Member): Sink | undefined => {
    const { path, type } = member;
    if (type === "folder") {
      makeFolder(path);
      return undefined;
    }
    if (type === "symlink") {
      faults.add({ severity: "error", code: "path-unsafe", path, detail: "a link, which is not unpacked" });
      return undefined;
    }
    if (type === "other") return undefined;
    makeFolder(path.slice(0, Math.max(0, path.lastIndexOf("/"))));
    if (type === "hardlink") {
      putAgain(member);
      return undefined;
    }
    const file = openSync(`${root}/${path}`, "wx", 0o600);
    open = file;
    return {
      write(chunk) {
        stopIfAborted(signal);
        written += chunk.length;
        needs(written);
        writeAllSync(file, chunk);
      },
      end: close,
    };
  };
  /** Tar names a file's second name as a link to the first: both are files of ours. */
  const putAgain = ({ path, linkTarget = "" }: Member): void => {
    const target = `${root}/${readMemberName(linkTarget, limits).path}`;
    if (!isFile(target)) {
      const detail = "a link to a file that is not in the archive before it";
      faults.add({ severity: "error", code: "path-unsafe", path, detail });
      return;
    }
    try {
      linkSync(target, `${root}/${path}`);
    } catch (error) {
      if (clashes.has(codeOf(error) ?? "")) throw error;
      copyFileSync(target, `${root}/${path}`);
    }
  };
  return {
    get members() {
      return members;
    },
    needs,
    close,
    onMember(member) {
      stopIfAborted(signal);
      // A zip's member whose bytes were false has had no end.
      close();
      members++;
      try {
        return put(member);
      } catch (error) {
        const code = codeOf(error) ?? "";
        if (clashes.has(code)) return undefined;
        const refused = Object.hasOwn(refusedNames, code) ? refusedNames[code] : undefined;
        if (refused === undefined) throw error;
        faults.add({ severity: "error", code: refused[0], path: member.path, detail: refused[1] });
        return undefined;
      }
    },
  };
}
