import { algorithmInfo, type DigestSet } from "../model/digest.ts";
import { pathSegments } from "./path.ts";

/** One file of a project as its index tells of it, in either form of the simple API. */
export interface IndexFile {
  readonly name: string;
  /** Absolute, http or https, without fragment. */
  readonly url: string;
  readonly digest: DigestSet;
  readonly size?: number;
  readonly requiresPython?: string;
  /** Why the publisher took it back; empty when no reason was given. */
  readonly yanked?: string;
  /** The metadata of the package can be had apart, at the file's URL with `.metadata` behind it. */
  readonly metadata?: { readonly sha256?: string };
  /** Where the index keeps the attestations of how the file was made. */
  readonly provenance?: string;
}

/** What a file's name says. */
export interface Distribution {
  readonly version: string;
  readonly kind: "wheel" | "source" | "egg";
}

/** Names are compared without case, and `-`, `_` and `.` are the same. */
export function normalName(name: string): string {
  return name.replace(/[-_.]+/g, "-").toLowerCase();
}

/** True for what a project can be called. */
export function isProjectName(name: string): boolean {
  return name.length <= 214 && /^[a-z0-9](?:[a-z0-9._-]*[a-z0-9])?$/i.test(name);
}

const sourceEndings = [".tar.gz", ".zip", ".tar.bz2", ".tgz", ".tar.xz", ".tar.Z", ".tar"] as const;

/** Reads version and kind of a file name; undefined for one that is not a package of this project. */
export function readFileName(name: string, project: string): Distribution | undefined {
  const isOurs = (text: string | undefined): boolean => text !== undefined && normalName(text) === project;
  if (name.endsWith(".whl") || name.endsWith(".egg")) {
    const parts = name.slice(0, -4).split("-");
    const version = parts[1];
    const enough = name.endsWith(".egg") || parts.length === 5 || parts.length === 6;
    if (version === undefined || version === "" || !enough || !isOurs(parts[0])) return undefined;
    // A name's parts are kept apart by `-`, so a version writes `_` for it.
    return { version: version.replaceAll("_", "-"), kind: name.endsWith(".whl") ? "wheel" : "egg" };
  }
  const ending = sourceEndings.find((end) => name.endsWith(end));
  if (ending === undefined) return undefined;
  const stem = name.slice(0, -ending.length);
  // Old names hold a `-`, in the project's name or in the version, and only the project tells where to cut.
  for (let at = stem.indexOf("-"); at !== -1 && at <= project.length * 2; at = stem.indexOf("-", at + 1)) {
    const version = stem.slice(at + 1);
    if (isOurs(stem.slice(0, at)) && version !== "") return { version, kind: "source" };
  }
  return undefined;
}

/** The hashes of a file, as far as their names and lengths are known. */
export function indexDigest(hashes: Readonly<Record<string, unknown>>): DigestSet {
  const digest: { [Name in (typeof indexAlgorithms)[number]]?: string } = {};
  for (const algorithm of indexAlgorithms) {
    const value = Object.hasOwn(hashes, algorithm) ? hashes[algorithm] : undefined;
    const isHex = typeof value === "string" && value.length === 2 * algorithmInfo[algorithm].length;
    if (isHex && /^[0-9a-f]+$/i.test(value)) digest[algorithm] = value.toLowerCase();
  }
  return digest;
}

/** What Python's hashlib and our table call the same. */
const indexAlgorithms = ["sha256", "sha384", "sha512", "blake2b", "blake2s", "sha3_256", "sha1", "md5"] as const;

/** A link on an index page, absolute and safe to ask for; undefined for any other. The fragment is handed over apart. */
export function linkOf(href: string, base: string): { readonly url: string; readonly fragment: string } | undefined {
  if (!URL.canParse(href, base)) return undefined;
  const url = new URL(href, base);
  if (!/^https?:$/.test(url.protocol) || url.username !== "" || url.password !== "") return undefined;
  const fragment = url.hash.slice(1);
  url.hash = "";
  return { url: url.href, fragment };
}

/** A file name that can be a path of its own. */
export function isFileName(name: string): boolean {
  return pathSegments(name)?.length === 1 && name.length <= 255;
}

/** Where the metadata of a file stands. */
export function metadataUrl(file: string): string {
  const url = new URL(file);
  url.pathname += ".metadata";
  return url.href;
}
