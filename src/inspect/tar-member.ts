import type { HazardCode } from "../model/evidence.ts";
import type { SeenMember } from "./formats/tar.ts";
import type { MemberType } from "./member.ts";
import type { TarHeader } from "./tar-header.ts";
import type { Extension } from "./tar-pax.ts";

/** What a header means once the extended headers before it are applied. */
export interface TarMember {
  readonly name: string;
  /** Absent for what is no member at all: labels and types that nobody knows. */
  readonly type?: MemberType;
  readonly size: number;
  /** Bytes of body that follow the header. */
  readonly bodyBytes: number;
  readonly mode: number;
  readonly linkTarget?: string;
  readonly doubts: readonly TarDoubt[];
}

/** Something to tell about a member. */
export interface TarDoubt {
  readonly code: HazardCode;
  readonly detail: string;
}

const memberTypes: { readonly [type: string]: MemberType } = {
  "0": "file",
  "7": "file",
  "1": "hardlink",
  "2": "symlink",
  "3": "other",
  "4": "other",
  "5": "folder",
  "6": "other",
  D: "folder",
};
const deviceNames: { readonly [type: string]: string } = { "3": "character device", "4": "block device", "6": "FIFO" };

/** Names the whole archive, not a member. */
export const volumeLabel = "V";
/** GNU's folder of an incremental archive: the only folder with a body. */
const dumpFolder = "D";
const sparseFile = "S";
const continuedFile = "M";
/** Sizes up to here fit the header's own field. */
const maxOctalSize = 0o77777777777;

/** Reads the header; a doubt alone means that nothing behind it can be read. */
export function readTarMember(header: TarHeader, extension: Extension): TarMember | TarDoubt {
  const known = memberTypes[header.type];
  const name = known === undefined ? header.name : (extension.path ?? header.name);
  if (header.type === sparseFile || extension.sparse === true) {
    return { code: "archive-unsupported", detail: "a sparse member: its bytes leave out holes" };
  }
  if (header.type === continuedFile) {
    return { code: "archive-unsupported", detail: "a part of an archive of several volumes" };
  }
  if (header.size === undefined) return { code: "archive-corrupt", detail: "the size of a member is no number" };
  const type = known === "file" && header.type === "0" && name.endsWith("/") ? "folder" : known;
  const size = known === undefined ? header.size : (extension.size ?? header.size);
  return {
    name,
    ...(type === undefined ? {} : { type }),
    size,
    bodyBytes: type === "folder" && header.type !== dumpFolder ? 0 : size,
    mode: header.mode,
    ...(type === "symlink" || type === "hardlink" ? { linkTarget: extension.linkPath ?? header.linkName } : {}),
    doubts: [...doubtsOf(header, header.size, extension, type, size)],
  };
}

function* doubtsOf(
  header: TarHeader,
  ownSize: number,
  extension: Extension,
  type: MemberType | undefined,
  size: number,
): Generator<TarDoubt> {
  const ambiguous = (detail: string): TarDoubt => ({ code: "archive-ambiguous", detail });
  for (const doubt of extension.doubts ?? []) yield ambiguous(doubt);
  if (type === undefined) {
    if (header.type !== volumeLabel) yield ambiguous(`a member of the unknown type \`${header.type}\``);
    return;
  }
  if (!(extension.path === undefined ? header.nameIsText : extension.isText !== false)) {
    yield ambiguous("the name is not UTF-8");
  }
  if (extension.size !== undefined && ownSize !== 0 && ownSize !== extension.size && extension.size <= maxOctalSize) {
    yield ambiguous(`the sizes ${ownSize} and ${extension.size} are given for one member`);
  }
  if (type !== "file" && size !== 0 && header.type !== dumpFolder) {
    yield ambiguous("a member that has no bytes states a size");
  }
  const device = deviceNames[header.type];
  if (device !== undefined) yield { code: "archive-unsafe", detail: `the member is a ${device}` };
}

/** The second reader's words for the types that both must agree on. */
const seenTypes: { readonly [type: string]: MemberType } = {
  File: "file",
  OldFile: "file",
  ContiguousFile: "file",
  Link: "hardlink",
  SymbolicLink: "symlink",
  Directory: "folder",
  GNUDumpDir: "folder",
  CharacterDevice: "other",
  BlockDevice: "other",
  FIFO: "other",
};

/** True when the second reader saw the same member. */
export function seesTheSame(member: TarMember, seen: SeenMember | undefined): boolean {
  if (member.type === undefined) return true;
  return (
    seen !== undefined &&
    seen.path === member.name &&
    seenTypes[seen.type] === member.type &&
    (member.type !== "file" || seen.size === member.size) &&
    (member.linkTarget === undefined || seen.linkPath === member.linkTarget)
  );
}
