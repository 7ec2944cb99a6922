/** Single lines of a bag's manifests and of its list of files to be fetched. */
import { bagPathDanger, decodeBagPath, plainBagPath } from "./bag-path.ts";
import type { ArchiveFaultCode } from "./contents.ts";

/** Something about one line; `path` where it names one. */
export interface LineFault {
  readonly severity: "error" | "warning";
  readonly code: ArchiveFaultCode;
  readonly detail: string;
}

/** What a line of a manifest says. */
export interface ManifestLine {
  /** Lower case. */
  readonly digest: string;
  /** As it is written, without what means nothing: escapes and all. */
  readonly written: string;
  readonly fault?: LineFault;
}

const BLANKS = /[ \t]+/;
const HEX = /^[0-9a-fA-F]+$/;

const invalid = (detail: string): LineFault => ({ severity: "error", code: "form-invalid", detail });
const unsafe = (detail: string): LineFault => ({ severity: "error", code: "path-unsafe", detail });
const unwise = (detail: string): LineFault => ({ severity: "warning", code: "form-discouraged", detail });

/** The kinds of files that a list may name. */
export type BagPlace = "payload" | "tags";

/** What is said of a digest that is written in both: allowed, and in no archive that this program wrote. */
export const MIXED_CASE = "the digest has small letters and capitals";

/** Reads `digest path`; a fault alone says why the line names nothing, undefined that it is empty. */
export function readManifestLine(
  line: string,
  { lists, digits }: { readonly lists: BagPlace; readonly digits: number | undefined },
): ManifestLine | LineFault | undefined {
  if (line.trim() === "") return undefined;
  // No line of a manifest is one, but old tools write and pass over them.
  if (line.startsWith("#")) return unwise("it is a comment, which the format does not have");
  const blanks = BLANKS.exec(line);
  if (blanks === null || blanks.index === 0) return invalid("expected a digest, a blank and a path");
  const digest = line.slice(0, blanks.index);
  if (!HEX.test(digest) || (digits !== undefined && digest.length !== digits)) {
    return invalid(digits === undefined ? "the digest is no hex" : `the digest is no ${digits} hex digits`);
  }
  let path = line.slice(blanks.index + blanks[0].length);
  // md5sum and its kin mark binary files so.
  const starred = path.startsWith("*");
  if (starred) path = path.slice(1);
  const written = plainBagPath(path);
  const wrong = pathFault(written, lists);
  if (wrong !== undefined) return wrong;
  const lower = digest.toLowerCase();
  const value = { digest: lower, written };
  if (starred) return { ...value, fault: unwise("the path has a `*` before it") };
  // One flipped bit turns a small letter into a capital; nobody writes both.
  if (lower !== digest && digest.toUpperCase() !== digest) {
    return { ...value, fault: unwise(MIXED_CASE) };
  }
  return written === path ? value : { ...value, fault: unwise("the path has parts that mean nothing") };
}

/** What a line of `fetch.txt` says. */
export interface FetchLine {
  readonly url: string;
  /** Undefined where it is left open. */
  readonly size: number | undefined;
  readonly written: string;
}

/** Reads `url length path`; a fault alone says why the line names nothing, undefined that it is empty. */
export function readFetchLine(line: string): FetchLine | LineFault | undefined {
  if (line.trim() === "") return undefined;
  const [url = "", length = ""] = line.split(BLANKS, 2);
  const start = line.indexOf(length, url.length + 1) + length.length;
  const blanks = /^[ \t]+/.exec(line.slice(start));
  if (url === "" || length === "" || blanks === null) return invalid("expected a URL, a length and a path");
  if (!/^[a-z][a-z0-9+.-]*:./i.test(url) || !URL.canParse(url)) return invalid("the URL is not absolute");
  if (length !== "-" && !/^[0-9]{1,15}$/.test(length)) return invalid("the length is neither a number nor `-`");
  const written = plainBagPath(line.slice(start + blanks[0].length));
  const wrong = pathFault(written, "payload");
  return wrong ?? { url, size: length === "-" ? undefined : Number(length), written };
}

function pathFault(written: string, lists: BagPlace): LineFault | undefined {
  const path = decodeBagPath(written);
  if (path === "") return invalid("expected a path");
  const danger = bagPathDanger(path);
  if (danger !== undefined) return unsafe(`the path \`${written.slice(0, 200)}\` is refused: ${danger}`);
  if (path.endsWith("/")) return invalid("the path is a folder's");
  const inData = path.startsWith("data/");
  if (lists === "payload" && !inData) return invalid("the path is not in `data/`");
  if (lists === "tags" && inData) return invalid("the path is in `data/`, which is for payload manifests");
  return undefined;
}
