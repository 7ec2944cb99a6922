import type { Location } from "../model/manifest.ts";
import { selectedPath } from "./path.ts";
import { parsePurl } from "./purl-parts.ts";
import { isFileName, isProjectName, normalName } from "./pypi-files.ts";

/** Which files of which project are meant. */
export type PypiRef = {
  /** Normalised. */
  readonly name: string;
  readonly version?: string;
  /** The one file that is meant. */
  readonly file?: string;
  /** Set when the members of one archive are meant, below this path in it. */
  readonly prefix?: string;
};

/** `*` and operators ask for one of many versions; those name none. */
const versionText = /^[0-9a-z](?:[0-9a-z.!+_-]{0,198}[0-9a-z])?$/i;

/** Reads `pkg:pypi/name@version?file_name=...` and the addresses of the package index's own pages. */
export function parsePypi({ uri, revision, path, unpack = false }: Location): PypiRef | undefined {
  const named = fromPurl(uri) ?? fromPage(uri);
  const selected = selectedPath(path);
  if (named === undefined || selected === undefined || !isProjectName(named.name)) return undefined;
  const version = named.version ?? revision;
  if (version !== undefined && !versionText.test(version)) return undefined;
  if (named.file !== undefined && !isFileName(named.file)) return undefined;
  const base = { name: normalName(named.name), ...(version === undefined ? {} : { version }) };
  if (unpack) {
    // Two ways to say where in the package: neither is guessed to be the one meant.
    if (named.subpath !== undefined && selected !== "") return undefined;
    const file = named.file === undefined ? {} : { file: named.file };
    return { ...base, ...file, prefix: named.subpath ?? selected };
  }
  if (named.subpath !== undefined) return undefined;
  const file = named.file ?? (selected === "" ? undefined : selected);
  if (file === undefined) return base;
  return isFileName(file) && (selected === "" || selected === file) ? { ...base, file } : undefined;
}

interface Named {
  readonly name: string;
  readonly version?: string;
  readonly file?: string;
  readonly subpath?: string;
}

function fromPurl(uri: string): Named | undefined {
  const purl = parsePurl(uri, "pypi");
  if (purl === undefined || purl.namespace.length > 0) return undefined;
  const { name, version, qualifiers, subpath } = purl;
  const file = qualifiers.get("file_name");
  // To ignore one (another index, a checksum) would be to check something else than was declared.
  if ([...qualifiers.keys()].some((key) => key !== "file_name")) return undefined;
  return {
    name,
    ...(version === undefined ? {} : { version }),
    ...(file === undefined ? {} : { file }),
    ...(subpath === undefined ? {} : { subpath }),
  };
}

/** A page that people paste. Its host is only recognised: what is asked is the index of pip's configuration. */
function fromPage(uri: string): Named | undefined {
  const page = /^https?:\/\/(?:www\.)?pypi\.org\/project\/([^/?#]{1,214})(?:\/([^/?#]{1,200}))?\/?(?:#.*)?$/i.exec(uri);
  const [, name, written] = page ?? [];
  if (name === undefined) return undefined;
  if (written === undefined) return { name };
  const version = written.replace(/%2b/i, "+").replace(/%21/, "!");
  return { name, version };
}
