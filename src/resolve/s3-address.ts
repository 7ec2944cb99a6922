/** How S3 locations are written: `s3://`, and the web addresses of AWS that people paste. */

import type { Location } from "../model/manifest.ts";
import { decodePart, keyBelow, storeKey } from "./object-store.ts";
import { selectedPath } from "./path.ts";

/** One object, or everything below a key that ends in `/`. */
export type S3Ref = {
  readonly bucket: string;
  readonly key: string;
  /** Where a pasted address says that the bucket is. */
  readonly region?: string;
  /** A web address of AWS: an endpoint that stands in the environment for `s3://` is not meant. */
  readonly atAws?: true;
  readonly version?: string;
  /** The members meant, where the object is an archive; `""` for all. */
  readonly members?: string;
};

type Place = Omit<S3Ref, "members">;

const bucketName = /^[A-Za-z0-9][A-Za-z0-9._-]{1,254}$/;
const regionName = /^[a-z]{2,8}(?:-[a-z]{2,16}){1,3}-\d{1,2}$/;

/** Reads a location; undefined for what is not S3, or can not be asked for as it is written. */
export function parseS3({ uri, revision, path, unpack = false }: Location): S3Ref | undefined {
  const place = /^s3:\/\//i.test(uri) ? s3Uri(uri.slice(5)) : webAddress(uri);
  const selected = selectedPath(path);
  if (place === undefined || selected === undefined || !bucketName.test(place.bucket)) return undefined;
  const key = storeKey(unpack ? place.key : keyBelow(place.key, selected));
  const version = place.version ?? revision;
  if (key === undefined) return undefined;
  if (unpack && (key === "" || key.endsWith("/"))) return undefined;
  if (place.version !== undefined && !isVersionId(place.version)) return undefined;
  return {
    ...place,
    key,
    ...(version === undefined || !isVersionId(version) ? {} : { version }),
    ...(unpack ? { members: selected } : {}),
  };
}

const isVersionId = (text: string): boolean => /^[\x21-\x7e]{1,1024}$/.test(text);

/** True for a region as AWS writes them. */
export const isRegion = (text: string | undefined): text is string => text !== undefined && regionName.test(text);

/** Keys stand in the URI as they are, and may hold every character: only a whole `?versionId=` at the end is a query. */
function s3Uri(rest: string): Place | undefined {
  const slash = rest.indexOf("/");
  const bucket = slash < 0 ? rest : rest.slice(0, slash);
  const written = slash < 0 ? "" : rest.slice(slash + 1);
  const query = written.lastIndexOf("?versionId=");
  if (query < 0) return { bucket, key: written };
  return { bucket, key: written.slice(0, query), version: written.slice(query + "?versionId=".length) };
}

function webAddress(uri: string): Place | undefined {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: these are what is looked for
  if (!/^https?:\/\//i.test(uri) || /[\u0000-\u0020\u007f\\]/.test(uri) || !URL.canParse(uri)) return undefined;
  const url = new URL(uri);
  if (url.port !== "" || url.username !== "" || url.password !== "") return undefined;
  const key = decodePart(url.pathname.slice(1));
  if (key === undefined) return undefined;
  return consoleAddress(url, key) ?? bucketAddress(url, key, uri);
}

function bucketAddress(url: URL, path: string, uri: string): Place | undefined {
  const host = awsHost(url.hostname);
  if (host === undefined) return undefined;
  // The parser has taken `..` away already; who writes it means something else than it says.
  if (/\/\.{1,2}(?:[/?#]|$)|%2e/i.test(uri)) return undefined;
  const slash = path.indexOf("/");
  const bucket = host.bucket ?? (slash < 0 ? path : path.slice(0, slash));
  const key = host.bucket === undefined ? (slash < 0 ? "" : path.slice(slash + 1)) : path;
  const where = { bucket, atAws: true as const, ...(host.region === undefined ? {} : { region: host.region }) };
  const names = [...url.searchParams.keys()];
  const [only] = names;
  if (only === undefined) return { ...where, key };
  // Every other query (a presigned one, a torrent) is that one URL's own affair.
  if (names.length === 1 && only === "versionId" && key !== "") {
    return { ...where, key, version: url.searchParams.get("versionId") ?? "" };
  }
  const isListing = key === "" && names.every((name) => name === "prefix" || name === "list-type");
  const prefix = url.searchParams.get("prefix") ?? "";
  return isListing && (prefix === "" || prefix.endsWith("/")) ? { ...where, key: prefix } : undefined;
}

/** The console's own pages: one needs a login for them, but they name a bucket and a key. */
function consoleAddress(url: URL, path: string): Place | undefined {
  const host = /^(?:s3|([a-z0-9-]{4,40}))\.console\.aws\.amazon\.com$/.exec(url.hostname);
  const [, kind, bucket] = /^s3\/(object|buckets)\/([^/]+)\/?$/.exec(path) ?? [];
  if (host === null || bucket === undefined) return undefined;
  const region = url.searchParams.get("region") ?? host[1];
  const key = url.searchParams.get("prefix") ?? "";
  const version = url.searchParams.get("versionId");
  if (kind === "object" && key === "") return undefined;
  return {
    bucket,
    key: kind === "buckets" && key !== "" && !key.endsWith("/") ? `${key}/` : key,
    atAws: true,
    ...(isRegion(region) ? { region } : {}),
    ...(version === null || kind !== "object" ? {} : { version }),
  };
}

/** What a host of AWS S3 says in its name; undefined for every other host. */
export function awsHost(hostname: string): { readonly bucket?: string; readonly region?: string } | undefined {
  const suffix = [".amazonaws.com", ".amazonaws.com.cn", ".amazonaws.eu"].find((end) => hostname.endsWith(end));
  if (suffix === undefined || hostname.length > 300) return undefined;
  const labels = hostname.slice(0, -suffix.length).split(".");
  // From the right: a region, `dualstack`, then the service; what is left is the bucket, whose name may have dots.
  const region = isRegion(labels.at(-1)) ? labels.pop() : undefined;
  if (labels.at(-1) === "dualstack") labels.pop();
  const service = labels.pop() ?? "";
  const dashed = /^s3-(?!website-)(.+)$/.exec(service)?.[1];
  const isService = service === "s3" || service === "s3-fips" || service === "s3-accelerate" || isRegion(dashed);
  if (!isService) return undefined;
  const place = region ?? (isRegion(dashed) ? dashed : undefined);
  const bucket = labels.join(".");
  return { ...(bucket === "" ? {} : { bucket }), ...(place === undefined ? {} : { region: place }) };
}

/** The address that a bucket has at AWS, with a `/` at the end. */
export function awsBucketUrl(bucket: string, region: string): string {
  const suffix = region.startsWith("cn-")
    ? "amazonaws.com.cn"
    : region.startsWith("eusc-")
      ? "amazonaws.eu"
      : "amazonaws.com";
  const host = `s3.${region}.${suffix}`;
  // A name with dots does not fit the certificate for one level of names.
  return /^[a-z0-9][a-z0-9-]{1,61}[a-z0-9]$/.test(bucket) ? `https://${bucket}.${host}/` : `https://${host}/${bucket}/`;
}
