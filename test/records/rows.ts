/** The rows of the lists that make-lists.py wrote, and of every text that says the same. */
import { createHash } from "node:crypto";
import type { RecordRow } from "../../src/records/record.ts";

export const rowCount = 1_000;

const hex = (algorithm: string, text: string): string => createHash(algorithm).update(text).digest("hex");

/** Row `index` as it must be read. */
export function row(index: number): RecordRow {
  if (index % 100 === 99) return { problem: "address-missing" };
  const text = String(index);
  return {
    url: `https://127.0.0.${(index % 7) + 1}:1/${index}.jpg`,
    digest: { sha256: hex("sha256", text), ...(index % 10 === 3 ? {} : { md5: hex("md5", text) }) },
    size: index,
  };
}

/** All of them, with their places. */
export const rows = Array.from({ length: rowCount }, (_, index) => ({ row: index, record: row(index) }));
