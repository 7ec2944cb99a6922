import type { Location } from "../model/manifest.ts";
import { browserUrl } from "./browser-url.ts";
import {
  archiveOf,
  atRevision,
  behindName,
  type ForgeRef,
  type ForgeTarget,
  projectPath,
  releaseOf,
  shortForm,
  wholeRepository,
} from "./forge-location.ts";
import { isObjectId } from "./git-refs.ts";
import { selectionOf } from "./selection.ts";

/** The public instances whose addresses are known without their pages' marks. */
const hosts = ["codeberg.org", "gitea.com"] as const;

/** Reads what people write for a repository at Codeberg and what they copy from the pages of any Forgejo or Gitea. */
export function parseForgejo(location: Location): ForgeRef | undefined {
  const short = /^codeberg:/i.test(location.uri) ? shortForm("codeberg", location.uri) : undefined;
  if (short !== undefined) {
    const repository = ownerAndName(short.repository.split("/"));
    const target = atRevision(short.revision, location);
    return repository === undefined || target === undefined ? undefined : { host: hosts[0], repository, ...target };
  }
  const url = browserUrl(location.uri);
  if (url === undefined || [...url.query.keys()].some((key) => key !== "display")) return undefined;
  const [owner = "", name = "", ...rest] = url.segments;
  const isKnown = hosts.some((host) => host === url.host);
  // A page that shows files is no file: at any host it is this forge's.
  const isPage = rest[0] === "src" && /^(?:branch|tag|commit)$/.test(rest[1] ?? "") && url.host !== "bitbucket.org";
  const repository = ownerAndName([owner, name]);
  if (repository === undefined || !(isKnown || isPage)) return undefined;
  const target = page(repository, rest, location);
  return target === undefined ? undefined : { host: url.host, repository, ...target };
}

function ownerAndName(segments: readonly string[]): string | undefined {
  return segments.length === 2 ? projectPath(segments) : undefined;
}

function page(repository: string, rest: readonly string[], location: Location): ForgeTarget | undefined {
  const [what, first, ...parts] = rest;
  switch (what) {
    case undefined:
      return wholeRepository(location);
    case "src":
    case "raw":
    case "media": {
      const file = what !== "src";
      if (first === "branch") return behindName(parts, location, { file, namespace: "heads" });
      if (first === "tag") return behindName(parts, location, { file, namespace: "tags" });
      return first === "commit" && isObjectId(parts[0] ?? "") ? behindName(parts, location, { file }) : undefined;
    }
    case "commit":
      return parts.length === 0 ? atRevision(first, location) : undefined;
    case "archive": {
      const reference = first === undefined ? "" : [first, ...parts].join("/");
      const ending = /\.(?:tar\.gz|zip)$/;
      if (!ending.test(reference)) return undefined;
      return archiveOf(repository, ["archive", reference], reference.replace(ending, ""), location);
    }
    case "releases":
      if (first === "tag" && parts.length > 0) return releaseOf(parts.join("/"), selectionOf(location));
      return first === "download" && parts.length > 1
        ? releaseOf(parts.slice(0, -1).join("/"), selectionOf(location, parts.at(-1)))
        : undefined;
    default:
      return undefined;
  }
}
