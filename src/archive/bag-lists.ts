/** The manifests of a bag and its list of files to be fetched, read into records. */
import { readdirSync } from "node:fs";
import { refuseError } from "../io/files-open.ts";
import { compareBytes } from "../model/byte-order.ts";
import { algorithmInfo } from "../model/digest.ts";
import { type BagManifest, bagManifest } from "./bag-algorithms.ts";
import type { BagDeclaration } from "./bag-declaration.ts";
import type { BagFaults } from "./bag-faults.ts";
import type { ReadManifest } from "./bag-join.ts";
import { type FetchLine, type LineFault, readFetchLine, readManifestLine } from "./bag-line.ts";
import { decodeBagPath } from "./bag-path.ts";
import type { BagRecords } from "./bag-records.ts";
import { readBagText } from "./bag-text.ts";

export const FETCH = "fetch.txt";

/** The names in a bag's base folder, sorted. */
export function namesIn(root: string): readonly string[] | string {
  try {
    return readdirSync(root).sort(compareBytes);
  } catch (error) {
    return refuseError(error).message;
  }
}

/** The manifests among the names, with what is wrong about them as a whole. */
export function findManifests(names: readonly string[], faults: BagFaults): readonly BagManifest[] {
  const manifests = names.map(bagManifest).filter((manifest) => manifest !== undefined);
  const payload = manifests.filter(({ lists }) => lists === "payload");
  if (payload.length === 0) faults.error("form-invalid", undefined, "it has no payload manifest");
  for (const { name, algorithm, algorithmName, canonical } of manifests) {
    if (algorithm === undefined) {
      const detail = `\`${algorithmName}\` can not be computed here: its digests are not checked`;
      faults.warning("form-discouraged", name, detail);
    } else if (!canonical) {
      faults.warning("form-discouraged", name, "the algorithm's name is not in lower case without signs");
    }
  }
  const known = payload.flatMap(({ algorithm }) => algorithm ?? []);
  if (known.length > 0 && known.every((algorithm) => algorithmInfo[algorithm].weak)) {
    const detail = `nothing but ${known.join(" and ")} speaks for the payload: other bytes can be made to match`;
    faults.warning("form-discouraged", payload[0]?.name, detail);
  } else if (known.length === 0 && payload.length > 0) {
    faults.error("form-invalid", payload[0]?.name, "no payload manifest has an algorithm that can be computed here");
  }
  return manifests;
}

/** Reads every line of a manifest. Yields now and then, so that others have a turn. */
export function* readManifest(
  root: string,
  manifest: BagManifest,
  index: number,
  declaration: BagDeclaration,
  records: BagRecords,
  faults: BagFaults,
): Generator<void, ReadManifest, void> {
  const { name } = manifest;
  const broken = yield* readLines(root, name, declaration, faults, (line) => {
    const read = readManifestLine(line, manifest);
    if (read === undefined) return "it is empty";
    if (!("digest" in read)) return read;
    records.listed(index, read.written, read.digest);
    return read.fault;
  });
  return { manifest, broken };
}

/** Reads every line of `fetch.txt`. */
export function* readFetch(
  root: string,
  declaration: BagDeclaration,
  faults: BagFaults,
  take: (line: FetchLine, path: string) => void,
): Generator<void, void, void> {
  yield* readLines(root, FETCH, declaration, faults, (line) => {
    const read = readFetchLine(line);
    if (read === undefined) return "it is empty";
    if (!("written" in read)) return read;
    take(read, decodeBagPath(read.written));
    return undefined;
  });
}

function* readLines(
  root: string,
  name: string,
  { encoding, strict }: BagDeclaration,
  faults: BagFaults,
  take: (line: string) => LineFault | string | undefined,
): Generator<void, boolean, void> {
  const reading = readBagText(`${root}/${name}`, encoding);
  let number = 0;
  let unread = false;
  let step = reading.next();
  for (; step.done !== true; step = reading.next()) {
    for (const line of step.value) {
      number += 1;
      const fault = take(line);
      if (fault === undefined) continue;
      if (typeof fault === "string") faults.warning("form-discouraged", name, `line ${number}: ${fault}`);
      else {
        faults.when(fault.severity === "error", fault.code, name, `line ${number}: ${fault.detail}`);
        unread ||= fault.code === "form-invalid";
      }
    }
    yield;
  }
  const { fault, byteOrderMark, unterminated } = step.value;
  if (fault !== undefined) faults.error("form-invalid", name, `it can not be read: ${fault}`);
  if (byteOrderMark && encoding.isUtf8) faults.when(strict, "form-invalid", name, "it begins with a byte order mark");
  if (unterminated) faults.warning("form-discouraged", name, "its last line has no end");
  return fault !== undefined || unread;
}
