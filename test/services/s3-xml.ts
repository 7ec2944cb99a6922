/** The documents that the S3 server of the tests answers with. */
import { createHash } from "node:crypto";
import type { StoredVersion } from "./s3.ts";

const escaped = (text: string): string =>
  text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;").replaceAll('"', "&quot;");
const element = (name: string, text: string | undefined): string =>
  text === undefined ? "" : `<${name}>${escaped(text)}</${name}>`;
const head = '<?xml version="1.0" encoding="UTF-8"?>\n';

export function awsErrorXml(
  code: string,
  more: {
    readonly message?: string;
    readonly region?: string;
    readonly endpoint?: string;
    readonly serverTime?: string;
  } = {},
): string {
  const { message = code, region, endpoint, serverTime } = more;
  return `${head}<Error>${element("Code", code)}${element("Message", message)}${element("Region", region)}${element(
    "Endpoint",
    endpoint,
  )}${element("ServerTime", serverTime)}<RequestId>1</RequestId><HostId>2</HostId></Error>`;
}

/** As Amazon encodes keys on request: `/` stays, a blank is `+`. */
const encodeKey = (key: string): string =>
  encodeURIComponent(key)
    .replaceAll("%2F", "/")
    .replaceAll("%20", "+")
    .replace(/[!'()]/g, (character) => `%${character.charCodeAt(0).toString(16).toUpperCase()}`);

export function awsListXml(page: {
  readonly bucket: string;
  readonly prefix: string;
  readonly size: number;
  readonly encoded: boolean;
  readonly entries: readonly { readonly key: string; readonly version: StoredVersion }[];
  readonly next: string | undefined;
  readonly wantsRestore: boolean;
}): string {
  const written = page.encoded ? encodeKey : (key: string) => key;
  const contents = page.entries.map(({ key, version }) => {
    const restore =
      page.wantsRestore && version.restored === true
        ? "<RestoreStatus><IsRestoreInProgress>false</IsRestoreInProgress><RestoreExpiryDate>2040-12-21T00:00:00.000Z</RestoreExpiryDate></RestoreStatus>"
        : "";
    const etag = `"${createHash("md5").update(version.bytes).digest("hex")}"`;
    return `<Contents>${element("Key", written(key))}<LastModified>2024-01-01T00:00:00.000Z</LastModified>${element(
      "ETag",
      etag,
    )}${element("Size", String(version.bytes.length))}${element("StorageClass", version.storageClass ?? "STANDARD")}${restore}</Contents>`;
  });
  const { bucket, prefix, size, entries, next } = page;
  return `${head}<ListBucketResult xmlns="http://s3.amazonaws.com/doc/2006-03-01/">${element("Name", bucket)}${element(
    "Prefix",
    written(prefix),
  )}${element("NextContinuationToken", next)}${element("KeyCount", String(entries.length))}${element(
    "MaxKeys",
    String(size),
  )}${page.encoded ? "<EncodingType>url</EncodingType>" : ""}${element(
    "IsTruncated",
    String(next !== undefined),
  )}${contents.join("")}</ListBucketResult>`;
}
