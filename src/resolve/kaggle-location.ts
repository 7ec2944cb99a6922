import type { Location } from "../model/manifest.ts";
import { browserUrl } from "./browser-url.ts";
import { selectedPath } from "./path.ts";

/** What is named at the host. */
export type KaggleRef = {
  readonly kind: "dataset" | "model";
  /** `owner/name` of a dataset, `owner/name/framework/variation` of a model. */
  readonly name: string;
  /** A number; each is made once. */
  readonly version?: string;
  /** A file or a folder; `""` for everything. */
  readonly path: string;
};

/** Parts of a name: a model has its framework and its variation beside its own. */
const partsOf = { dataset: 2, model: 4 } as const;

/** Reads `kaggle:datasets/owner/name@version`, `kaggle:models/owner/name/framework/variation@version` and their pages. */
export function parseKaggle({ uri, revision, path, unpack = false }: Location): KaggleRef | undefined {
  const named = fromShort(uri) ?? fromPage(uri);
  const below = selectedPath(path);
  if (named === undefined || below === undefined || unpack) return undefined;
  const version = named.version ?? revision;
  if (version !== undefined && !/^[1-9]\d{0,8}$/.test(version)) return undefined;
  // Two ways to say which file: neither is guessed to be the one meant.
  if (named.path !== undefined && below !== "" && below !== named.path) return undefined;
  const { kind, name } = named;
  return { kind, name, ...(version === undefined ? {} : { version }), path: named.path ?? below };
}

interface Named {
  readonly kind: KaggleRef["kind"];
  readonly name: string;
  readonly version?: string | undefined;
  readonly path?: string;
}

function fromShort(uri: string): Named | undefined {
  const [, kind, rest] = /^kaggle:(dataset|model)s\/([^\s?#]{1,500})$/i.exec(uri) ?? [];
  if (kind === undefined || rest === undefined) return undefined;
  const [name = "", version, ...more] = rest.split("@");
  return more.length > 0 ? undefined : toNamed(kind.toLowerCase(), name.split("/"), version);
}

function fromPage(uri: string): Named | undefined {
  const url = browserUrl(uri);
  if (url === undefined || url.host !== "kaggle.com") return undefined;
  const [kind, ...parts] = url.segments;
  if (kind !== "datasets" && kind !== "models") return undefined;
  if ([...url.query.keys()].some((key) => key !== "select")) return undefined;
  const select = url.query.get("select");
  const path = select === null ? undefined : selectedPath(select);
  if (select !== null && (path === undefined || path === "" || kind === "models")) return undefined;
  const file = path === undefined ? {} : { path };
  const length = kind === "datasets" ? partsOf.dataset : partsOf.model;
  const [name, rest] = [parts.slice(0, length), parts.slice(length)];
  if (kind === "models") {
    const named = rest.length < 2 ? toNamed("model", name, rest[0]) : undefined;
    return named === undefined ? undefined : { ...named, ...file };
  }
  const isVersion = rest[0] === "versions" && rest.length === 2;
  if (!isVersion && rest.length > 0 && !(rest.length === 1 && rest[0] === "data")) return undefined;
  const named = toNamed("dataset", name, isVersion ? rest[1] : undefined);
  return named === undefined ? undefined : { ...named, ...file };
}

function toNamed(kind: string, parts: readonly string[], version: string | undefined): Named | undefined {
  if (kind !== "dataset" && kind !== "model") return undefined;
  const isName = (part: string): boolean => /^[a-z0-9][a-z0-9._-]{0,199}$/i.test(part);
  return parts.length === partsOf[kind] && parts.every(isName) ? { kind, name: parts.join("/"), version } : undefined;
}
