import type { Sink } from "../io/sink.ts";
import type { FileMode } from "../model/evidence.ts";
import type { HazardList } from "./hazards.ts";
import type { MemberLimits } from "./limits.ts";
import type { MemberOptions, MemberType } from "./member.ts";
import { linkFault, placeMember, readMemberName } from "./member-names.ts";
import { createNameTable, type NameClash } from "./name-table.ts";

/** A member as the archive's own format states it. */
export interface RawMember {
  readonly name: string;
  readonly type: MemberType;
  readonly size: number;
  /** Permission bits. */
  readonly mode: number;
  readonly linkTarget?: string;
}

/** Every member passes here: names, links, clashes and limits are looked at once, for every format. */
export interface MemberGate {
  /** Takes the next member: `stop` when a limit ends the reading, otherwise who wants its bytes, if anybody. */
  open(member: RawMember): Sink | "stop" | undefined;
  readonly count: number;
  readonly outsideCount: number;
}

const setIdBits = 0o6000;
const executableBit = 0o100;

/** Names of folders are remembered too, so that the table may grow beyond the number of members. */
const namesPerMember = 2;

export function createMemberGate(options: MemberOptions, limits: MemberLimits, hazards: HazardList): MemberGate {
  const names = createNameTable();
  let count = 0;
  let outsideCount = 0;
  return {
    get count() {
      return count;
    },
    get outsideCount() {
      return outsideCount;
    },
    open(member) {
      if (count >= limits.maxMembers || names.size > limits.maxMembers * namesPerMember) {
        hazards.add("archive-limit", `more than ${limits.maxMembers} members`);
        return "stop";
      }
      count++;
      const name = readMemberName(member.name, limits);
      if (name.tooLong !== undefined) {
        hazards.add("archive-limit", name.tooLong, member.name);
        return "stop";
      }
      if (name.unsafe !== undefined) hazards.add("archive-unsafe", name.unsafe, member.name);
      if (member.type === "file" && (member.mode & setIdBits) !== 0) {
        hazards.add("archive-unsafe", "the file asks to run with its owner's rights (setuid or setgid)", member.name);
      }
      if (name.astray === true || name.path === "") return undefined;
      const stripped = placeMember(name.path, options.strip, undefined);
      const path = placeMember(name.path, options.strip, options.prefix);
      if (member.type === "symlink") {
        const fault = linkFault(name.path, member.linkTarget ?? "");
        if (fault !== undefined) hazards.add("archive-unsafe", `a symbolic link: ${fault}`, member.name);
      } else if (member.type === "hardlink") {
        checkHardLink(member, limits, hazards);
      }
      if (stripped !== undefined) {
        tellClash(names.add(stripped, nameType(member.type)), member.name, hazards);
      }
      if (path === undefined) {
        if (member.type !== "folder") outsideCount++;
        return undefined;
      }
      return options.onMember({
        path,
        rawPath: member.name,
        size: member.size,
        mode: fileMode(member),
        type: member.type,
        ...(member.linkTarget === undefined ? {} : { linkTarget: member.linkTarget }),
      });
    },
  };
}

function checkHardLink(member: RawMember, limits: MemberLimits, hazards: HazardList): void {
  const target = readMemberName(member.linkTarget ?? "", limits);
  if (target.path === "" || target.unsafe !== undefined) {
    hazards.add(
      "archive-unsafe",
      `a hard link: ${target.unsafe ?? target.tooLong ?? "it points nowhere"}`,
      member.name,
    );
  }
}

function nameType(type: MemberType): "file" | "folder" | "link" {
  if (type === "folder") return "folder";
  return type === "symlink" ? "link" : "file";
}

function fileMode({ type, mode }: RawMember): FileMode {
  if (type === "symlink") return "120000";
  return type === "folder" || (mode & executableBit) !== 0 ? "100755" : "100644";
}

function tellClash(clash: NameClash | undefined, at: string, hazards: HazardList): void {
  switch (clash?.kind) {
    case undefined:
      return;
    case "duplicate":
      hazards.add("archive-ambiguous", "two members have this path", at);
      return;
    case "collision":
      hazards.add("archive-ambiguous", "two members' paths differ only in letter case or Unicode form", at);
      return;
    case "file-and-folder":
      hazards.add("archive-ambiguous", `\`${clash.path}\` is both a file and a folder`, at);
      return;
    case "below-link":
      hazards.add("archive-unsafe", `the member lies below the link \`${clash.path}\``, at);
      return;
  }
}
