/** How locations of Google Cloud Storage are written: `gs://`, and the web addresses that people paste. */
import type { Location } from "../model/manifest.ts";
import { decodePart, isFolderKey, keyBelow, storeKey } from "./object-store.ts";
import { selectedPath } from "./path.ts";

/** One object, or everything below a name that ends in `/`. */
export type GsRef = {
  readonly bucket: string;
  readonly key: string;
  /** The number of the object's one version that is meant. */
  readonly generation?: string;
  /** The members meant, where the object is an archive; `""` for all. */
  readonly members?: string;
};

type Place = Omit<GsRef, "members">;

const bucketName = /^[a-z0-9][a-z0-9._-]{1,220}[a-z0-9]$/;
const generationNumber = /^[1-9]\d{0,18}$/;
/** First segments of the service's own paths, which are no buckets. */
const servicePaths: ReadonlySet<string> = new Set(["storage", "download", "upload", "batch", "discovery"]);

/** Reads a location; undefined for what is not Google's, or can not be asked for as it is written. */
export function parseGs({ uri, revision, path, unpack = false }: Location): GsRef | undefined {
  const place = /^gs:\/\//i.test(uri) ? gsUri(uri.slice(5)) : webAddress(uri);
  const selected = selectedPath(path);
  if (place === undefined || selected === undefined || !bucketName.test(place.bucket)) return undefined;
  const key = storeKey(unpack ? place.key : keyBelow(place.key, selected));
  if (key === undefined || (unpack && isFolderKey(key))) return undefined;
  const generation = place.generation ?? revision;
  return {
    bucket: place.bucket,
    key,
    ...(generation === undefined || !generationNumber.test(generation) ? {} : { generation }),
    ...(unpack ? { members: selected } : {}),
  };
}

/** A number of more than nine digits behind the last `#` is a generation, as Google's own tools write it. */
function gsUri(rest: string): Place | undefined {
  const [, name = rest, generation] = /^(.*)#([1-9]\d{9,18})$/s.exec(rest) ?? [];
  const place = bucketAndKey(name);
  return generation === undefined || place === undefined ? place : { ...place, generation };
}

function bucketAndKey(path: string): Place | undefined {
  const slash = path.indexOf("/");
  const bucket = slash < 0 ? path : path.slice(0, slash);
  return bucket === "" ? undefined : { bucket, key: slash < 0 ? "" : path.slice(slash + 1) };
}

function webAddress(uri: string): Place | undefined {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: these are what is looked for
  if (!/^https?:\/\//i.test(uri) || /[\u0000-\u0020\u007f\\]/.test(uri) || !URL.canParse(uri)) return undefined;
  // The parser has taken `..` away already; who writes it means something else than it says.
  if (/\/\.{1,2}(?:[/?#]|$)|%2e/i.test(uri)) return undefined;
  const url = new URL(uri);
  if (url.port !== "" || url.username !== "" || url.password !== "") return undefined;
  const path = decodePart(url.pathname.slice(1));
  if (path === undefined) return undefined;
  if (url.hostname === "console.cloud.google.com") return consoleAddress(path);
  const place = placeOf(url.hostname, path);
  const names = [...url.searchParams.keys()];
  if (place === undefined || names.length === 0) return place;
  const generation = url.searchParams.get("generation");
  // Every other query (a signed one) is that one URL's own affair.
  if (names.some((name) => name !== "generation" && name !== "authuser")) return undefined;
  return generation === null ? place : { ...place, generation };
}

/** `storage.cloud.google.com` asks for a login in a browser, whoever may read the object; the object is the same. */
function placeOf(host: string, path: string): Place | undefined {
  if (host === "storage.googleapis.com" || host === "storage.cloud.google.com") {
    const place = bucketAndKey(path);
    return place === undefined || servicePaths.has(place.bucket) ? undefined : place;
  }
  const bucket = /^(.+)\.storage\.googleapis\.com$/.exec(host)?.[1];
  return bucket === undefined ? undefined : { bucket, key: path };
}

/** The console's pages: their paths may end in `;tab=...`, and a folder's has no `/` at its end. */
function consoleAddress(path: string): Place | undefined {
  const [, details, rest = ""] = /^storage\/browser\/(_details\/)?([^;]*)(?:;.*)?$/s.exec(path) ?? [];
  const place = bucketAndKey(rest);
  if (place === undefined || details !== undefined) return place?.key === "" ? undefined : place;
  return isFolderKey(place.key) ? place : { ...place, key: `${place.key}/` };
}
