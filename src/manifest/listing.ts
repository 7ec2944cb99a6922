import { type Finding, finding } from "../model/findings.ts";
import type { FileEntry, Listing } from "../model/manifest.ts";
import { quoted } from "./limits.ts";
import { readJsonLine } from "./listing-json.ts";
import { readLines } from "./listing-lines.ts";
import { bagitReader, type ReadLine, sumsReader } from "./listing-sums.ts";

/** Findings about single lines of one listing; the rest are only counted. */
export const LISTING_MAX_FINDINGS = 100;
/** Entries are handed on in groups of about so many, because a promise for each would cost more than its line. */
const BATCH_ENTRIES = 1_024;

/** Where the manifest names the listing. */
export interface ListingPlace {
  readonly pointer: string;
  readonly piece?: string | undefined;
}

/**
 * Reads a listing as it arrives: groups of entries, and findings about lines that are none. Holds one chunk and one
 * group, however long the listing is. The caller hashes the chunks on their way in.
 */
export async function* readListing(
  format: Listing["format"],
  chunks: AsyncIterable<Uint8Array>,
  uri: string,
  place: ListingPlace = { pointer: "" },
): AsyncGenerator<FileEntry[] | Finding> {
  const read = lineReader(format, uri);
  if (read === undefined) {
    const args = { uri, reason: "format-unsupported", detail: `listings in the form \`${format}\` are not read yet` };
    yield finding("listing-unread", { ...place, args });
    return;
  }
  let entries: FileEntry[] = [];
  let findings: Finding[] = [];
  let declared = 0;
  let faults = 0;
  let lastFault = 0;
  const malformed = (line: number, detail: string): Finding =>
    finding("listing-malformed", { ...place, args: { uri, line, detail: quoted(detail) } });
  const fault = (line: number, detail: string): void => {
    faults += 1;
    lastFault = line;
    if (faults <= LISTING_MAX_FINDINGS) findings.push(malformed(line, detail));
  };
  const line = (text: string, number: number): void => {
    const entry = read(text);
    if (typeof entry === "object") entries.push(entry);
    else if (entry !== undefined) fault(number, entry);
  };
  for await (const _ of readLines(chunks, { line, fault })) {
    yield* findings;
    findings = [];
    if (entries.length < BATCH_ENTRIES) continue;
    declared += entries.length;
    yield entries;
    entries = [];
  }
  declared += entries.length;
  if (entries.length > 0) yield entries;
  if (faults > LISTING_MAX_FINDINGS) {
    const more = faults - LISTING_MAX_FINDINGS;
    yield malformed(lastFault, `this line, and ${more - 1} others that are not listed`);
  }
  if (declared === 0 && faults === 0) yield malformed(1, "it declares no file");
}

function lineReader(format: Listing["format"], uri: string): ReadLine | undefined {
  switch (format) {
    case "sha256sums":
      return sumsReader(uri);
    case "bagit":
      return bagitReader(uri);
    case "jsonl":
      return readJsonLine;
    case "croissant":
    case "oms":
      return undefined;
  }
}
