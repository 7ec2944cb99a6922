import { z } from "zod";
import type { DigestAlgorithm, DigestSet } from "../model/digest.ts";
import type { RemoteObject } from "../model/evidence.ts";
import { refuse } from "../model/refusal.ts";
import type { HostBase } from "./host-base.ts";
import { hostDigest, withDigest } from "./host-digest.ts";

const Size = z.lazy(() => z.int().nonnegative());

/** One file of a dataset, as one version of the dataset has it. */
export const FileMetadata = z.lazy(() =>
  z.object({
    label: z.string(),
    directoryLabel: z.string().nullish(),
    restricted: z.boolean().nullish(),
    dataFile: z.object({
      id: Size,
      contentType: z.string().nullish().catch(undefined),
      filesize: Size.nullish(),
      md5: z.string().nullish().catch(undefined),
      checksum: z.object({ type: z.string(), value: z.string() }).nullish().catch(undefined),
      originalFileFormat: z.string().nullish(),
      originalFileName: z.string().nullish(),
      originalFileSize: Size.nullish(),
      embargo: z.object({ dateAvailable: z.string() }).nullish().catch(undefined),
    }),
  }),
);

/** A page of a version's files. */
export const DataFiles = z.lazy(() => z.object({ status: z.literal("OK"), data: z.array(FileMetadata) }));

const algorithms: { readonly [type: string]: DigestAlgorithm } = {
  MD5: "md5",
  "SHA-1": "sha1",
  "SHA-256": "sha256",
  "SHA-512": "sha512",
};

/**
 * What can be had of a file, the upload first. A table (CSV, Stata, SPSS, ...) is converted when it is uploaded, and
 * from then on goes by the name of its conversion, `x.tab`. Its `checksum` and `originalFileSize` speak of the upload,
 * which is had with `format=original`; of the conversion the host says no digest, and its `filesize` leaves out the
 * line of names that is added to each download. Both are there, so both are listed. Some installations hold the digest
 * of the conversion without that line for some old files (IQSS/dataverse issue 9501): there the host's word is wrong.
 */
export function objectsOfFile(
  { label, directoryLabel, restricted, dataFile }: z.output<typeof FileMetadata>,
  base: HostBase,
  hasKey: boolean,
): readonly RemoteObject[] {
  const folder = directoryLabel ? `${directoryLabel.replace(/^\/|\/$/g, "")}/` : "";
  const url = `${base.url}api/access/datafile/${dataFile.id}`;
  const common = {
    ...base.mark(url),
    listed: true,
    ...gate(restricted, dataFile.embargo?.dateAvailable, hasKey),
  } as const;
  const digest = withDigest(digestOf(dataFile.checksum, dataFile.md5));
  const mediaType = dataFile.contentType ? { mediaType: dataFile.contentType.slice(0, 200) } : {};
  if (!dataFile.originalFileFormat) {
    const size = dataFile.filesize == null ? {} : { size: dataFile.filesize };
    return [{ path: folder + label, url, ...size, ...digest, ...mediaType, ...common }];
  }
  const converted = { path: folder + label, url, ...mediaType, ...common };
  // Older installations do not say what the upload was called.
  const name = dataFile.originalFileName ?? "";
  if (name === "") return [converted];
  const size = dataFile.originalFileSize == null ? {} : { size: dataFile.originalFileSize };
  const original = {
    path: folder + name,
    url: `${url}?format=original`,
    ...size,
    ...digest,
    mediaType: dataFile.originalFileFormat.slice(0, 200),
    ...common,
  };
  return name === label ? [original] : [original, converted];
}

/** With a key of the user's the host is asked all the same: they may be let in. */
function gate(restricted: boolean | null | undefined, until: string | undefined, hasKey: boolean) {
  if (hasKey) return {};
  if (restricted === true) {
    return { refusal: refuse("gated", "its owner has restricted it: who wants it has to log in and ask") };
  }
  // Days as `2030-12-31` sort as they follow each other.
  const isWaiting = until !== undefined && until.slice(0, 10) > new Date().toISOString().slice(0, 10);
  return isWaiting ? { refusal: refuse("gated", `it is under embargo until \`${until.slice(0, 40)}\``) } : {};
}

function digestOf(
  checksum: { readonly type: string; readonly value: string } | null | undefined,
  md5?: string | null,
): DigestSet {
  const type = checksum?.type.toUpperCase() ?? "";
  const algorithm = Object.hasOwn(algorithms, type) ? algorithms[type] : undefined;
  return algorithm === undefined ? hostDigest("md5", md5) : hostDigest(algorithm, checksum?.value);
}
