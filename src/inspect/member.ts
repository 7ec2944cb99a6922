import type { Sink } from "../io/sink.ts";
import type { FileMode, Hazard } from "../model/evidence.ts";
import type { MemberLimits } from "./limits.ts";

export type MemberType = "file" | "folder" | "symlink" | "hardlink" | "other";

/** One member of an archive, as its header states it. */
export interface Member {
  /** Below the piece's root: without the stripped segments and the prefix. */
  readonly path: string;
  /** As written in the archive. Foreign text. */
  readonly rawPath: string;
  /** Bytes; 0 for what has no bytes of its own (links in a tar). */
  readonly size: number;
  /** Git's reduction of the mode: a folder counts as executable. */
  readonly mode: FileMode;
  readonly type: MemberType;
  /** Where a link points, as written. Foreign text. */
  readonly linkTarget?: string;
}

/** How an archive is read. */
export interface MemberOptions {
  /** The archive's own path, for its name's sake only. */
  readonly path: string;
  /** Leading path segments that are dropped from each member's path. */
  readonly strip: number;
  /** Only members below this folder (after stripping) belong to the piece. */
  readonly prefix?: string;
  /** Called for each member in order; what it returns gets the member's bytes, and `end` only after the last one. */
  readonly onMember: (member: Member) => Sink | undefined;
  readonly limits?: Partial<MemberLimits>;
}

/** What reading an archive's members came to. */
export interface MembersResult {
  /** Format ids from the outside in: `tar`, `gzip`, `zip`; absent when nothing known matches. */
  readonly format?: string;
  readonly hazards: readonly Hazard[];
  /** True when every member was listed to the archive's end. */
  readonly membersComplete: boolean;
  /** Members that the archive lists, also those outside `strip` and `prefix`. */
  readonly memberCount: number;
  /** Members that `strip` and `prefix` leave out; folders do not count. */
  readonly outsideCount: number;
  /** True when the archive can only be read from a file (zip): nothing was read yet. */
  readonly needsFile?: boolean;
}
