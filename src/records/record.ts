/** One row as a record: its address, and what it declares of the bytes. */
import { algorithmInfo, type DigestAlgorithm, type DigestSet } from "../model/digest.ts";
import { parseDigest } from "../model/digest-text.ts";
import { type RecordColumn, type RecordColumns, recordDigests } from "../model/records.ts";

/** UTF-16 units of an address; hosts take no longer ones either. */
export const URL_MAX = 4_096;

/** A row that was read. */
export interface RecordRow {
  /** Absent where the row names none that can be one: then `problem` says why. */
  readonly url?: string;
  readonly digest?: DigestSet;
  /** Bytes. */
  readonly size?: number;
  readonly problem?: "row-malformed" | "address-missing" | "address-malformed";
}

/** A record with its place. */
export interface PlacedRecord {
  readonly row: number;
  readonly record: RecordRow;
}

/** Reads the columns of one row; `valueIn` gives whatever stands in a column. */
export function readRecord(columns: RecordColumns, valueIn: (column: RecordColumn) => unknown): RecordRow {
  const url = textOf(valueIn(columns.url))?.trim() ?? "";
  if (url === "") return { problem: "address-missing" };
  if (url.length > URL_MAX || !URL.canParse(url)) return { problem: "address-malformed" };
  const digest: { [Algorithm in DigestAlgorithm]?: string } = {};
  for (const algorithm of recordDigests) {
    const column = columns.digest[algorithm];
    const value = column === undefined ? undefined : digestOf(algorithm, valueIn(column));
    if (value !== undefined) digest[algorithm] = value;
  }
  const size = columns.size === undefined ? undefined : sizeOf(valueIn(columns.size));
  return {
    url,
    ...(Object.keys(digest).length === 0 ? {} : { digest }),
    ...(size === undefined ? {} : { size }),
  };
}

const utf8 = new TextDecoder();

function textOf(value: unknown): string | undefined {
  if (typeof value === "string") return value;
  return value instanceof Uint8Array ? utf8.decode(value) : undefined;
}

/** What is no digest is none: the row then counts as one that was not compared. */
function digestOf(algorithm: DigestAlgorithm, value: unknown): string | undefined {
  if (value instanceof Uint8Array && value.length === algorithmInfo[algorithm].length) {
    return Buffer.from(value).toString("hex");
  }
  const text = textOf(value)?.trim() ?? "";
  if (text === "") return undefined;
  const parsed = parseDigest(algorithm, text);
  return parsed.problem === undefined ? parsed.value : undefined;
}

function sizeOf(value: unknown): number | undefined {
  const size = typeof value === "string" && /^\d{1,16}$/.test(value.trim()) ? Number(value) : value;
  const number = typeof size === "bigint" ? Number(size) : size;
  return typeof number === "number" && Number.isSafeInteger(number) && number >= 0 ? number : undefined;
}
