import type { Location } from "../model/manifest.ts";
import { type BrowserUrl, browserUrl } from "./browser-url.ts";
import {
  archiveOf,
  atRevision,
  behindName,
  type ForgeRef,
  type ForgeTarget,
  type Namespace,
  projectPath,
  releaseOf,
  shortForm,
  wholeRepository,
  withPath,
} from "./forge-location.ts";
import { selectionOf } from "./selection.ts";

/** The forge's own public instance. */
const ownHost = "gitlab.com";

/** What no project can be called, because old addresses have it behind the project's path. */
const verbs: ReadonlySet<string> = new Set(["tree", "blob", "raw", "commit"]);
/** Pages that show something and hold no file: at any host they are this forge's. */
const pagesAnywhere: ReadonlySet<string> = new Set(["tree", "blob", "commit"]);

/** Reads what people write for a project at GitLab and what they copy from the pages of any instance of it. */
export function parseGitlab(location: Location): ForgeRef | undefined {
  const short = shortForm("gitlab", location.uri);
  if (short !== undefined) {
    const repository = projectPath(short.repository.split("/"));
    const whole = withPath(location, short.path);
    const target = whole === undefined ? undefined : atRevision(short.revision, whole);
    return repository === undefined || target === undefined ? undefined : { host: ownHost, repository, ...target };
  }
  const url = browserUrl(location.uri);
  if (url === undefined) return undefined;
  const isKnown = url.host === ownHost || url.host.startsWith("gitlab.");
  const dash = url.segments.indexOf("-");
  const old = isKnown && dash === -1 ? url.segments.findIndex((part, at) => at >= 2 && verbs.has(part)) : -1;
  const at = dash === -1 ? old : dash;
  const repository = projectPath(at === -1 ? url.segments : url.segments.slice(0, at));
  const rest = at === -1 ? [] : url.segments.slice(dash === -1 ? at : at + 1);
  if (repository === undefined || !(isKnown || pagesAnywhere.has(rest[0] ?? ""))) return undefined;
  const namespace = namespaceOf(url);
  if (namespace === "unknown") return undefined;
  const target = page(repository, rest, location, namespace);
  return target === undefined ? undefined : { host: url.host, repository, ...target };
}

function namespaceOf({ query }: BrowserUrl): Namespace | undefined | "unknown" {
  if (![...query.keys()].every((key) => key === "ref_type" || key === "inline")) return "unknown";
  const type = query.get("ref_type");
  return type === null ? undefined : type === "heads" || type === "tags" ? type : "unknown";
}

function page(
  repository: string,
  rest: readonly string[],
  location: Location,
  namespace: Namespace | undefined,
): ForgeTarget | undefined {
  const [what, ...parts] = rest;
  switch (what) {
    case undefined:
      return wholeRepository(location);
    case "tree":
      return behindName(parts, location, { namespace });
    case "blob":
    case "raw":
      return behindName(parts, location, { file: true, namespace });
    case "commit":
      return parts.length === 1 ? atRevision(parts[0], location) : undefined;
    case "tags":
      return parts.length === 0 ? undefined : atRevision(`refs/tags/${parts.join("/")}`, location);
    case "archive":
      return parts.length < 2 || !/\.(?:tar|tar\.gz|tar\.bz2|zip)$/.test(parts.at(-1) ?? "")
        ? undefined
        : archiveOf(repository, ["-", "archive", ...parts], parts.slice(0, -1).join("/"), location);
    case "releases": {
      const downloads = parts.indexOf("downloads");
      if (parts.length === 0 || parts[0] === "permalink") return undefined;
      return downloads > 0 && downloads < parts.length - 1
        ? releaseOf(parts.slice(0, downloads).join("/"), selectionOf(location, parts.slice(downloads + 1).join("/")))
        : releaseOf(parts.join("/"), selectionOf(location));
    }
    default:
      return undefined;
  }
}
