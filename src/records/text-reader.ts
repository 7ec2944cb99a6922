/** Lists that are texts: JSON lines, CSV, TSV. */
import type { RecordColumns, Records } from "../model/records.ts";
import { chooseColumns } from "./columns.ts";
import { csvFields, tsvFields } from "./fields.ts";
import { type RecordRow, readRecord } from "./record.ts";
import { createRowScanner } from "./row-scanner.ts";

export type TextFormat = "jsonl" | "csv" | "tsv";

/** Who wants which rows of a list. */
export interface RowTaker {
  /** Asked once for each row, in order. */
  readonly wants: (row: number) => boolean;
  readonly take: (record: RecordRow, row: number) => void;
}

/** Takes a text in chunks. Each method throws RecordsFault. */
export interface TextReader {
  write(chunk: Uint8Array): void;
  end(): void;
  /** Rows so far, without a header and without empty lines. */
  rows(): number;
  /** Undefined before the first row. */
  columns(): RecordColumns | undefined;
}

/** Reads the rows of a text that somebody wants. */
export function createTextReader(format: TextFormat, declared: Records, { wants, take }: RowTaker): TextReader {
  return format === "jsonl"
    ? createJsonReader(declared, { wants, take })
    : createTableReader(format, declared, { wants, take });
}

function createJsonReader(declared: Records, { wants, take }: RowTaker): TextReader {
  const utf8 = new TextDecoder();
  let columns: RecordColumns | undefined;
  const scanner = createRowScanner(false, (bytes, row) => {
    const isWanted = wants(row);
    // The first row tells which columns there are, wanted or not.
    if (!isWanted && columns !== undefined) return;
    const fields = jsonFields(utf8.decode(bytes));
    if (fields !== undefined) columns ??= chooseColumns(declared, [...fields.keys()], { sparse: true });
    if (!isWanted) return;
    if (fields === undefined || columns === undefined) take({ problem: "row-malformed" }, row);
    else
      take(
        readRecord(columns, (column) => fields.get(String(column))),
        row,
      );
  });
  return { write: scanner.write, end: scanner.end, rows: () => scanner.rows, columns: () => columns };
}

function createTableReader(format: "csv" | "tsv", declared: Records, { wants, take }: RowTaker): TextReader {
  const utf8 = new TextDecoder();
  const split = format === "tsv" ? tsvFields : csvFields;
  const headerRows = declared.header === false ? 0 : 1;
  let columns: RecordColumns | undefined = headerRows === 0 ? chooseColumns(declared, undefined) : undefined;
  let at: ReadonlyMap<string | number, number> = new Map();
  const scanner = createRowScanner(format === "csv", (bytes, line) => {
    if (line < headerRows) {
      const names = split(utf8.decode(bytes)).map((name) => name.trim());
      columns = chooseColumns(declared, names);
      at = new Map(names.map((name, index): [string, number] => [name, index]).reverse());
      return;
    }
    const row = line - headerRows;
    if (!wants(row) || columns === undefined) return;
    const fields = split(utf8.decode(bytes));
    const indexOf = (column: string | number): number =>
      typeof column === "number" ? column - 1 : (at.get(column) ?? -1);
    take(
      readRecord(columns, (column) => fields[indexOf(column)]),
      row,
    );
  });
  return {
    write: scanner.write,
    end: scanner.end,
    rows: () => Math.max(0, scanner.rows - headerRows),
    columns: () => columns,
  };
}

function jsonFields(text: string): ReadonlyMap<string, unknown> | undefined {
  try {
    const value: unknown = JSON.parse(text);
    if (typeof value !== "object" || value === null || Array.isArray(value)) return undefined;
    return new Map(Object.entries(value));
  } catch {
    return undefined;
  }
}
