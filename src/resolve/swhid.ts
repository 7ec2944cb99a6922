import { pathSegments } from "./path.ts";

/** What an identifier stands for: a file, a folder, a commit, a tag or all branches of a repository at one time. */
export type SwhidType = "cnt" | "dir" | "rev" | "rel" | "snp";

/** A Software Hash Identifier (ISO/IEC 18670), version 1, with its qualifiers as they were meant. */
export type Swhid = {
  readonly type: SwhidType;
  /** 40 lower-case hexadecimal digits. */
  readonly hash: string;
  /** Where the object was seen: they say nothing that changes the object. */
  readonly qualifiers: { readonly [name: string]: string };
};

/** No identifier that a person writes is longer. UTF-16 units. */
const swhidMaxLength = 8192;
/** Qualifiers of the standard are six. */
const qualifiersMax = 16;

/** Reads `swh:1:<type>:<hash>` with or without qualifiers; undefined for everything else. */
export function parseSwhid(text: string): Swhid | undefined {
  if (text.length > swhidMaxLength) return undefined;
  const [core = "", ...rest] = text.split(";", qualifiersMax + 2);
  const [, type, hash] = /^swh:1:(cnt|dir|rev|rel|snp):([0-9a-f]{40})$/.exec(core) ?? [];
  if (type === undefined || hash === undefined || rest.length > qualifiersMax) return undefined;
  const qualifiers: [string, string][] = [];
  for (const part of rest) {
    const [, name, written] = /^([a-z]{1,32})=(\S+)$/.exec(part) ?? [];
    if (name === undefined || written === undefined || qualifiers.some(([other]) => other === name)) return undefined;
    const value = name === "path" ? decodedPath(written) : written.replace(/%3b/gi, ";").replaceAll("%25", "%");
    if (value === undefined) return undefined;
    qualifiers.push([name, value]);
  }
  return { type: type as SwhidType, hash, qualifiers: Object.fromEntries(qualifiers) };
}

/** The identifier without qualifiers. */
export function swhidText({ type, hash }: Pick<Swhid, "type" | "hash">): string {
  return `swh:1:${type}:${hash}`;
}

/** The address of the archive's pages that people paste. */
const archiveHost = "archive.softwareheritage.org";

const browsed: { readonly [view: string]: SwhidType } = {
  content: "cnt",
  directory: "dir",
  revision: "rev",
  release: "rel",
  snapshot: "snp",
};

/** What a location of the archive names: an object, and a path below it where a page was pasted that shows one. */
export interface SwhPlace {
  readonly swhid: Swhid;
  readonly path: string;
}

/** Reads an identifier, or the address of one of the archive's pages about one object; undefined for everything else. */
export function parseSwhPlace(uri: string): SwhPlace | undefined {
  if (uri.length > swhidMaxLength) return undefined;
  if (uri.startsWith("swh:")) return whole(parseSwhid(uri));
  // Read as text, because an origin is a URL inside this one, with `//` and all.
  const [, host = "", rest = ""] = /^https?:\/\/([^/?#]+)\/([^#]*)/i.exec(uri) ?? [];
  if (host.toLowerCase() !== archiveHost) return undefined;
  if (rest.startsWith("swh:")) {
    const slashless = rest.endsWith("/") ? rest.slice(0, -1) : rest;
    return whole(parseSwhid(slashless) ?? parseSwhid(rest));
  }
  return browsePage(rest);
}

function whole(swhid: Swhid | undefined): SwhPlace | undefined {
  return swhid === undefined ? undefined : { swhid, path: "" };
}

/** `browse/<view>/<hash>/`, as the archive documents it; what else a page shows stands in `path`. */
function browsePage(rest: string): SwhPlace | undefined {
  const [address = "", query = ""] = rest.split("?", 2);
  const [, view = "", algorithm, hash, below = ""] =
    /^browse\/([a-z]+)\/(?:(sha1_git):)?([0-9a-f]{40})\/?(.*)$/s.exec(address) ?? [];
  const type = Object.hasOwn(browsed, view) ? browsed[view] : undefined;
  // A content without its algorithm is named by another hash than the one of an identifier.
  if (type === undefined || hash === undefined || (type === "cnt") !== (algorithm !== undefined)) return undefined;
  const shown = new URLSearchParams(query).get("path") ?? "";
  // Pages about logs, branches and releases are about more than this one object.
  if (below !== "" && type !== "dir") return undefined;
  const path = type === "dir" && below !== "" ? decodedPath(below) : shown;
  if (path === undefined) return undefined;
  const trimmed = path.replace(/^\//, "").replace(/\/$/, "");
  if (trimmed !== "" && pathSegments(trimmed) === undefined) return undefined;
  const swhid: Swhid = { type, hash, qualifiers: type === "cnt" && trimmed !== "" ? { path: `/${trimmed}` } : {} };
  return { swhid, path: type === "cnt" ? "" : trimmed };
}

function decodedPath(written: string): string | undefined {
  try {
    return decodeURIComponent(written);
  } catch {
    return undefined;
  }
}
