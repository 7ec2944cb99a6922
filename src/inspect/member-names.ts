import type { MemberLimits } from "./limits.ts";

/** What a member's name means below the archive's root. */
export interface MemberName {
  /** `/` separated, without empty segments, `.` and `..`; empty for the root itself. */
  readonly path: string;
  /** Why the name should not be trusted. */
  readonly unsafe?: string;
  /** True when the name leads out of the archive or nowhere: then `path` means nothing. */
  readonly astray?: boolean;
  /** The limit that the name exceeds. */
  readonly tooLong?: string;
}

const plainName = /^[\w\-./+@ ,=()~#%&!$'^[\]{};]*$/;
const dotSegment = /(?:^|\/)\.{0,2}(?:\/|$)/;
const drive = /^[A-Za-z]:/;
// biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what is looked for
const control = /[\u0000-\u001f\u007f-\u009f]/;
const bidi = /[\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]/;

/** Reads a member's raw name. Names are data: nothing is repaired in silence but `./` and doubled slashes. */
export function readMemberName(raw: string, limits: MemberLimits): MemberName {
  if (raw.length > limits.maxPathBytes) return { path: "", tooLong: `a path longer than ${limits.maxPathBytes} bytes` };
  const plain = plainName.test(raw);
  // Most names are their own path.
  if (plain && raw.length <= limits.maxSegmentBytes && !dotSegment.test(raw)) {
    return countOf(raw, "/") > limits.maxDepth ? tooDeep(limits) : { path: raw };
  }
  if (raw.includes("\0")) return { path: "", unsafe: "the name holds a NUL character", astray: true };
  if (raw.startsWith("/")) return { path: "", unsafe: "the path is absolute", astray: true };
  if (drive.test(raw)) return { path: "", unsafe: "the path names a drive", astray: true };
  const segments = raw.split("/").filter((segment) => segment !== "" && segment !== ".");
  if (segments.includes("..")) return { path: "", unsafe: "the path holds `..`", astray: true };
  if (segments.length > limits.maxDepth + 1) return tooDeep(limits);
  if (Buffer.byteLength(raw) > limits.maxPathBytes) {
    return { path: "", tooLong: `a path longer than ${limits.maxPathBytes} bytes` };
  }
  if (segments.some((segment) => Buffer.byteLength(segment) > limits.maxSegmentBytes)) {
    return { path: "", tooLong: `a name longer than ${limits.maxSegmentBytes} bytes` };
  }
  const path = segments.join("/");
  if (plain) return { path };
  if (raw.includes("\\")) {
    const parts = raw.split(/[\\/]/);
    const astray = raw.startsWith("\\") || parts.includes("..");
    return { path, unsafe: "the name holds a backslash, which some systems read as a folder", astray };
  }
  if (control.test(raw)) return { path, unsafe: "the name holds a control character" };
  if (bidi.test(raw)) return { path, unsafe: "the name holds a character that turns the direction of writing" };
  return { path };
}

const tooDeep = (limits: MemberLimits): MemberName => ({ path: "", tooLong: `more than ${limits.maxDepth} folders` });

function countOf(text: string, character: string): number {
  let count = 0;
  for (let at = text.indexOf(character); at >= 0; at = text.indexOf(character, at + 1)) count++;
  return count;
}

/** The path without its first `strip` segments and without `prefix`; undefined for what they leave out. */
export function placeMember(path: string, strip: number, prefix: string | undefined): string | undefined {
  let start = 0;
  for (let left = strip; left > 0; left--) {
    const slash = path.indexOf("/", start);
    if (slash < 0) return undefined;
    start = slash + 1;
  }
  const stripped = start === 0 ? path : path.slice(start);
  if (prefix === undefined || prefix === "") return stripped === "" ? undefined : stripped;
  const folder = prefix.endsWith("/") ? prefix : `${prefix}/`;
  return stripped.startsWith(folder) && stripped.length > folder.length ? stripped.slice(folder.length) : undefined;
}

/**
 * Why a symbolic link should not be followed; undefined for one that stays inside. Only leading `..` are reckoned
 * with: behind a name, `..` means something else as soon as that name is a link itself.
 */
export function linkFault(path: string, target: string): string | undefined {
  if (target === "") return "it points nowhere";
  if (target.startsWith("/") || drive.test(target)) return "it points to an absolute path";
  if (target.includes("\\") || control.test(target) || bidi.test(target)) return "its target is no plain path";
  const segments = target.split("/").filter((segment) => segment !== "" && segment !== ".");
  const up = segments.findIndex((segment) => segment !== "..");
  const ups = up < 0 ? segments.length : up;
  if (segments.indexOf("..", ups) >= 0) return "it points through `..` behind a name";
  const depth = path.split("/").length - 1;
  return ups > depth ? "it points outside the archive" : undefined;
}
