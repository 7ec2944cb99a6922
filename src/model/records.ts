/**
 * Datasets that are lists of addresses: what a manifest declares of such lists, and what a report says of their rows.
 * A record is one row: an address, and what somebody wrote down of the bytes that were there.
 */

import type { DigestSet } from "./digest.ts";

/** The forms in which rows are written; each but parquet may be gzip'd, and is then named `....gz`. */
export const recordFormats = ["jsonl", "csv", "tsv", "parquet"] as const;
export type RecordFormat = (typeof recordFormats)[number];

/** The digests that a row may declare. */
export const recordDigests = ["sha256", "sha384", "sha512", "sha1", "md5", "blake3"] as const;
export type RecordDigest = (typeof recordDigests)[number];

/** A column by its name; by its number, counted from 1, in a table without a header. */
export type RecordColumn = string | number;

/** What a piece's lists of addresses look like. All of it may be left out: then it is read off the lists. */
export interface Records {
  /** The piece's files that hold the rows; all whose names say that they do when left out. */
  readonly files?: readonly string[] | undefined;
  readonly format?: RecordFormat | undefined;
  /** False for a csv or tsv whose first row is a record already. */
  readonly header?: boolean | undefined;
  readonly url?: RecordColumn | undefined;
  readonly digest?: { readonly [Digest in RecordDigest]?: RecordColumn | undefined } | undefined;
  readonly size?: RecordColumn | undefined;
}

/** The columns that were read. */
export interface RecordColumns {
  readonly url: RecordColumn;
  readonly digest: { readonly [Digest in RecordDigest]?: RecordColumn };
  readonly size?: RecordColumn | undefined;
  /** True when the manifest did not name them and their names told what they are. */
  readonly guessed: boolean;
}

/** A row of a list of addresses: what it says. */
export interface RecordAt {
  /** Counted from 0, without a header and without empty lines. */
  readonly row: number;
  /** Redacted. Absent where the row names none. */
  readonly url?: string;
  readonly digest?: DigestSet;
  readonly size?: number;
  /** Why the row names no address. */
  readonly problem?: "row-malformed" | "address-missing" | "address-malformed";
}

/** One share of all rows: what was seen of the rows asked, and between which bounds the truth lies. */
export interface RecordShare {
  /** Rows asked that came to this. */
  readonly count: number;
  /** `count` of the rows asked, 0 to 1. */
  readonly share: number;
  /** The interval for the share among all rows, whatever the rows are that could not be told. */
  readonly low: number;
  readonly high: number;
}

/** What a row asked came to. `unusable`: it names no address. `inconclusive`: it could not be told. */
export const recordStates = ["resolves", "changed", "gone", "unusable", "inconclusive"] as const;
export type RecordState = (typeof recordStates)[number];

/** One row, for a reader who wants to look himself. */
export interface RecordExample {
  readonly state: RecordState;
  /** The file that holds it. */
  readonly list: string;
  /** Counted from 0, without a header and without empty lines. */
  readonly row: number;
  /** Foreign text, without secrets. */
  readonly url?: string | undefined;
  readonly reason: string;
}

/** What became of the rows of a piece's lists. */
export interface RecordsReport {
  /** Rows that the lists have. */
  readonly rows: number;
  /** Rows that were asked for. */
  readonly asked: number;
  /** What drew them; absent when every row was asked. The same seed draws the same rows of the same lists. */
  readonly seed?: number | undefined;
  readonly lists: number;
  readonly columns: RecordColumns;
  /** How sure each of the intervals is. */
  readonly confidence: number;
  /** Rows asked whose bytes were read and compared with what the row declares. */
  readonly compared: number;
  /** Of those that resolve: answered by a page, an error text or nothing where the address promises something else. */
  readonly suspicious: number;
  /** There, and not other than the row declares, as far as it was compared. */
  readonly resolves: RecordShare;
  /** Absent where nothing was compared. */
  readonly changed?: RecordShare | undefined;
  readonly gone: RecordShare;
  readonly unusable: RecordShare;
  readonly inconclusive: RecordShare;
  /** Why rows are not among those that resolve, and how many for each reason. */
  readonly reasons: { readonly [reason: string]: number };
  /** The first few of each state but `resolves`, in the order of the lists. */
  readonly examples: readonly RecordExample[];
  /** Bytes of payload that were read. */
  readonly bytes: number;
}
