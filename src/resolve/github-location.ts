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
  withPath,
} from "./forge-location.ts";
import { selectionOf } from "./selection.ts";

const host = "github.com";

/** First words of addresses that belong to nobody's account. */
const notOwners: ReadonlySet<string> = new Set(
  "about apps collections customer-stories enterprise events explore features issues login marketplace notifications orgs pulls search security settings signup site sponsors topics trending users".split(
    " ",
  ),
);

/** Words behind the `?` that change a page's looks and not what it shows. */
const queriesOfLooks: ReadonlySet<string> = new Set(["tab", "raw", "plain", "download"]);

/** Reads what people write for a repository at GitHub and what they copy from its pages. */
export function parseGithub(location: Location): ForgeRef | undefined {
  const short = shortForm("github", location.uri);
  if (short !== undefined) {
    const repository = ownerAndName(short.repository.split("/"));
    const whole = withPath(location, short.path);
    const target = whole === undefined ? undefined : atRevision(short.revision, whole);
    return repository === undefined || target === undefined ? undefined : { host, repository, ...target };
  }
  const url = browserUrl(location.uri);
  if (url === undefined) return undefined;
  if (![...url.query.keys()].every((key) => queriesOfLooks.has(key))) return undefined;
  const [owner = "", name = "", ...rest] = url.segments;
  if (url.host === "media.githubusercontent.com") {
    return owner === "media" ? raw(url.segments.slice(1), location) : undefined;
  }
  if (url.host === "raw.githubusercontent.com") return raw(url.segments, location);
  const repository = ownerAndName([owner, name]);
  if (repository === undefined || notOwners.has(owner.toLowerCase())) return undefined;
  const target =
    url.host === "codeload.github.com"
      ? codeload(repository, rest, location)
      : url.host === host
        ? page(repository, rest, location)
        : undefined;
  return target === undefined ? undefined : { host, repository, ...target };
}

function ownerAndName(segments: readonly string[]): string | undefined {
  return segments.length === 2 ? projectPath(segments) : undefined;
}

/** A file as its bytes. They are had from the repository, so a large file's pointer is followed as its page does. */
function raw([owner = "", name = "", ...rest]: readonly string[], location: Location): ForgeRef | undefined {
  const repository = ownerAndName([owner, name]);
  const target = behindName(rest, location, { file: true });
  return repository === undefined || target === undefined ? undefined : { host, repository, ...target };
}

function page(repository: string, rest: readonly string[], location: Location): ForgeTarget | undefined {
  const [what, ...parts] = rest;
  const [first, second] = parts;
  switch (what) {
    case undefined:
      return wholeRepository(location);
    case "tree":
      return behindName(parts, location);
    case "blob":
    case "raw":
      return behindName(parts, location, { file: true });
    case "commit":
      return parts.length === 1 ? atRevision(first, location) : undefined;
    case "archive":
      return archive(repository, parts, location);
    case "releases":
      if (first === "tag" && parts.length > 1) return releaseOf(parts.slice(1).join("/"), selectionOf(location));
      if (first === "download" && parts.length > 2) {
        return releaseOf(parts.slice(1, -1).join("/"), selectionOf(location, parts.at(-1)));
      }
      if (first !== "latest") return undefined;
      if (parts.length === 1) return releaseOf(undefined, selectionOf(location));
      return second === "download" && parts.length === 3
        ? releaseOf(undefined, selectionOf(location, parts[2]))
        : undefined;
    default:
      return undefined;
  }
}

function archive(repository: string, parts: readonly string[], location: Location): ForgeTarget | undefined {
  const ending = /\.(?:tar\.gz|zip)$/;
  const reference = parts.join("/");
  if (!ending.test(reference)) return undefined;
  return archiveOf(repository, ["archive", ...parts], reference.replace(ending, ""), location);
}

/** Where the pages for archives send their readers; the same file has an address at the forge itself. */
function codeload(repository: string, rest: readonly string[], location: Location): ForgeTarget | undefined {
  const [format, ...parts] = rest;
  if ((format !== "tar.gz" && format !== "zip") || parts.length === 0) return undefined;
  return archive(repository, [...parts.slice(0, -1), `${parts.at(-1)}.${format}`], location);
}
