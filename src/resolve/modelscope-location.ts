import type { Location } from "../model/manifest.ts";
import { browserUrl } from "./browser-url.ts";
import { isObjectId, isRefName } from "./git-refs.ts";
import { type Selection, selectionOf } from "./selection.ts";

/** What is named at the host. */
export type ModelscopeRef = {
  readonly kind: "models" | "datasets";
  /** `owner/name`. */
  readonly name: string;
  readonly host: string;
  readonly revision: string;
  /** The revision is the location's own, and a branch or a tag. */
  readonly namedByRevision?: true;
  readonly selection: Selection;
};

/** The two sites, which have different content. The first is meant where none is named. */
export const modelscopeHosts = ["modelscope.cn", "modelscope.ai"] as const;
/** The branch that everything is on unless somebody says otherwise. */
const usualRevision = "master";

/** Reads `modelscope:owner/name@revision`, `modelscope:datasets/owner/name@revision` and the pages of both sites. */
export function parseModelscope(location: Location): ModelscopeRef | undefined {
  const named = fromShort(location.uri) ?? fromPage(location.uri);
  if (named === undefined) return undefined;
  const { kind, name, host, file, folder } = named;
  const own = location.revision;
  // A page shows a branch; the location's own commit says what it stood for.
  if (own !== undefined && named.revision !== undefined && own !== named.revision && !isObjectId(own)) return undefined;
  const revision = own ?? named.revision ?? usualRevision;
  if (!isObjectId(revision) && !isRefName(revision)) return undefined;
  const path = [folder ?? "", location.path ?? ""].filter((part) => part !== "").join("/");
  const selection = selectionOf({ ...location, path }, file);
  if (selection === undefined) return undefined;
  const isName = own !== undefined && !isObjectId(own);
  return { kind, name, host, revision, ...(isName ? { namedByRevision: true } : {}), selection };
}

interface Named {
  readonly kind: ModelscopeRef["kind"];
  readonly name: string;
  readonly host: string;
  readonly revision?: string;
  readonly file?: string;
  readonly folder?: string;
}

function fromShort(uri: string): Named | undefined {
  const [, kind = "models", owner, name, revision] =
    /^modelscope:(?:(models|datasets)\/)?([^/@\s?#]{1,200})\/([^/@\s?#]{1,200})(?:@([^\s?#]{1,255}))?$/i.exec(uri) ??
    [];
  if (owner === undefined || name === undefined || !isName(owner) || !isName(name)) return undefined;
  const isDataset = kind.toLowerCase() === "datasets";
  return {
    kind: isDataset ? "datasets" : "models",
    name: `${owner}/${name}`,
    host: modelscopeHosts[0],
    ...(revision === undefined ? {} : { revision }),
  };
}

function isName(part: string): boolean {
  return /^[a-z0-9_][a-z0-9._-]*$/i.test(part);
}

function fromPage(uri: string): Named | undefined {
  const url = browserUrl(uri);
  const host = modelscopeHosts.find((known) => known === url?.host);
  const [kind, owner = "", name = "", what, ...rest] = url?.segments ?? [];
  if (url === undefined || host === undefined || (kind !== "models" && kind !== "datasets")) return undefined;
  if (!isName(owner) || !isName(name)) return undefined;
  if ([...url.query.keys()].some((key) => key !== "status" && key !== "id")) return undefined;
  const base = { kind, name: `${owner}/${name}`, host } as const;
  if (what === undefined || ((what === "summary" || what === "files") && rest.length === 0)) return base;
  // The pages of a file: `file/view/<revision>/<path>`; of its bytes: `resolve/<revision>/<path>`.
  const parts = what === "file" && rest[0] === "view" ? rest.slice(1) : what === "resolve" ? rest : [];
  const [revision, ...path] = parts;
  if (revision !== undefined && path.length > 0) return { ...base, revision, file: path.join("/") };
  if (what !== "tree" || rest[0] === undefined) return undefined;
  return { ...base, revision: rest[0], folder: rest.slice(1).join("/") };
}
