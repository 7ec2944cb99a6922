/** Writes a release as a bag: BagIt 1.0 (RFC 8493). */
import { compareBytes } from "../model/byte-order.ts";
import { type BagInfoElement, writeBagInfo } from "./bag-info.ts";
import { encodeBagPath } from "./bag-path.ts";
import { type PayloadExtra, type PayloadLine, payloadHere, payloadLines } from "./bag-payload.ts";
import { type BagSpool, createBagSpool } from "./bag-spool.ts";
import { digestBytes } from "./bag-tag.ts";
import type { ArchiveEntry, BagDigests, ReleaseContents, RemoteFile, TagFile } from "./contents.ts";

export type { PayloadExtra } from "./bag-payload.ts";

export interface BagEntriesOptions {
  /** An empty folder; what is written into it must stay until the last entry was taken. */
  readonly scratch: string;
  /** Files of the payload that belong to no piece: `ro-crate-metadata.json`. */
  readonly extras?: readonly PayloadExtra[] | undefined;
  /** Told of a remote file that no manifest can list, because its digest is not known: it is not in the bag. */
  readonly onUnlisted?: ((file: RemoteFile) => void) | undefined;
}

type BagAlgorithm = keyof BagDigests;

/**
 * Every file of the bag: the tag files first, so that whoever reads a stream knows what is to come, then the payload
 * in the order of its paths. The same release gives the same bytes. The payload is gone through twice, and memory does
 * not grow with it.
 */
export async function* bagEntries(contents: ReleaseContents, options: BagEntriesOptions): AsyncGenerator<ArchiveEntry> {
  const { scratch, extras = [], onUnlisted } = options;
  const algorithms = await commonAlgorithms(contents, onUnlisted);
  const { manifests, fetch, count } = await writeManifests(contents, extras, algorithms, scratch);

  const declaration = tagOf("bagit.txt", Buffer.from("BagIt-Version: 1.0\nTag-File-Character-Encoding: UTF-8\n"));
  const info = tagOf("bag-info.txt", writeBagInfo(infoOf(contents, count)));
  const first = [declaration, info, ...manifests, ...(fetch === undefined ? [] : [fetch])];
  const listed = [...first, ...contents.tags].sort((a, b) => compareBytes(a.path, b.path));
  const tagManifests = algorithms.map((algorithm) => {
    const lines = listed.map(({ path, digest }) => `${digest[algorithm]}  ${encodeBagPath(path)}\n`);
    return tagOf(`tagmanifest-${algorithm}.txt`, Buffer.from(lines.join("")));
  });

  for (const { path, size, source } of [...first, ...tagManifests, ...contents.tags]) yield { path, size, source };
  for await (const line of payloadHere(contents, extras)) {
    if (line.kind !== "here") continue;
    const { path, size, source, digest } = line;
    // Whoever copies the bytes finds out when the disk has lost some since they were measured.
    yield { path, size, source, sha256: digest.sha256 };
  }
}

const tagOf = (path: string, bytes: Uint8Array): TagFile => ({
  path,
  size: bytes.length,
  digest: digestBytes(bytes),
  source: { bytes },
});

interface PayloadSum {
  readonly files: number;
  readonly bytes: number;
  /** A length of one of the remote files is not known. */
  readonly open: boolean;
}

interface Written {
  readonly manifests: readonly TagFile[];
  readonly fetch: TagFile | undefined;
  readonly count: PayloadSum;
}

async function writeManifests(
  contents: ReleaseContents,
  extras: readonly PayloadExtra[],
  algorithms: readonly BagAlgorithm[],
  scratch: string,
): Promise<Written> {
  const spools = algorithms.map((algorithm) => ({
    algorithm,
    spool: createBagSpool(scratch, `manifest-${algorithm}.txt`),
  }));
  const fetch = createBagSpool(scratch, "fetch.txt");
  const sum = { files: 0, bytes: 0, open: false };
  try {
    for await (const line of payloadLines(contents, extras)) {
      if (spools.some(({ algorithm }) => line.digest[algorithm] === undefined)) continue;
      const path = encodeBagPath(line.path);
      for (const { algorithm, spool } of spools) spool.line(`${line.digest[algorithm]}  ${path}`);
      sum.files += 1;
      sum.bytes += line.size ?? 0;
      sum.open ||= line.size === undefined;
      if (line.kind === "remote") fetch.line(fetchLine(line, path));
    }
    const manifests = spools.map(({ algorithm, spool }) => spool.end() ?? empty(`manifest-${algorithm}.txt`));
    return { manifests, fetch: fetch.end(), count: sum };
  } finally {
    for (const spool of [fetch, ...spools.map(({ spool }): BagSpool => spool)]) spool.close();
  }
}

const empty = (name: string): TagFile => tagOf(name, new Uint8Array());

const fetchLine = ({ url, size }: PayloadLine & { kind: "remote" }, path: string): string => {
  // Blanks part the fields of a line.
  const written = url.replaceAll(/[\s\p{Cc}]/gu, encodeURIComponent);
  return `${written} ${size ?? "-"} ${path}`;
};

/**
 * The algorithms that every file has: each manifest must list the whole payload, and of a file left remote often no
 * more than one digest is known.
 */
async function commonAlgorithms(
  { remote }: ReleaseContents,
  onUnlisted: BagEntriesOptions["onUnlisted"],
): Promise<readonly BagAlgorithm[]> {
  const count = { sha256: 0, sha512: 0, all: 0 };
  for await (const { digest } of remote()) {
    const { sha256, sha512 } = digest;
    if (sha256 !== undefined) count.sha256 += 1;
    if (sha512 !== undefined) count.sha512 += 1;
    if (sha256 !== undefined || sha512 !== undefined) count.all += 1;
  }
  const algorithms = chosen(count);
  if (onUnlisted !== undefined) {
    for await (const file of remote()) {
      if (algorithms.some((algorithm) => file.digest[algorithm] === undefined)) onUnlisted(file);
    }
  }
  return algorithms;
}

function chosen({ sha256, sha512, all }: Record<BagAlgorithm | "all", number>): readonly BagAlgorithm[] {
  if (sha256 === all && sha512 === all) return ["sha256", "sha512"];
  return sha512 === all || sha512 > sha256 ? ["sha512"] : ["sha256"];
}

function infoOf(contents: ReleaseContents, { bytes, files, open }: PayloadSum): readonly BagInfoElement[] {
  const { name, version, publisher, description, homepage, time, agent } = contents;
  return [
    ["Source-Organization", publisher],
    ["External-Identifier", `${name} ${version}`],
    ["External-Identifier", homepage],
    ["External-Description", description],
    ["Bagging-Date", time.slice(0, "YYYY-MM-DD".length)],
    ["Bag-Software-Agent", agent],
    ["Payload-Oxum", open ? undefined : `${bytes}.${files}`],
  ];
}
