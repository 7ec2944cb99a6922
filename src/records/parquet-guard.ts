/**
 * What a parquet file says of itself, checked before its reader believes it: a page that announces two thousand million
 * values takes a few bytes, and all memory that there is.
 */
import { parquetHeader } from "hyparquet/src/column.js";
import { RecordsFault } from "./fault.ts";

/** Bytes of one column in one row group, as they lie in the file. */
export const CHUNK_MAX_BYTES = 1024 ** 3;
/** Bytes of one page when it is unpacked. */
export const PAGE_MAX_BYTES = 256 * 1024 * 1024;
/** Rows of one row group. */
export const GROUP_MAX_ROWS = 64 * 1024 * 1024;

/** Checks every page of a column chunk: throws RecordsFault for what can not be, or is more than we take. */
export function checkPages(chunk: ArrayBuffer, rows: number): void {
  const reader = { view: new DataView(chunk), offset: 0 };
  let values = 0;
  while (reader.offset < reader.view.byteLength - 1 && values < rows) {
    const header = parquetHeader(reader);
    const { compressed_page_size: packed, uncompressed_page_size: unpacked } = header;
    const { data_page_header: first, data_page_header_v2: second, dictionary_page_header: dictionary } = header;
    const count = first?.num_values ?? second?.num_values ?? dictionary?.num_values ?? 0;
    if (!isCount(packed) || packed > reader.view.byteLength - reader.offset)
      throw malformed("a page is longer than its column");
    if (!isCount(unpacked) || !isCount(count)) throw malformed("a page has an impossible size");
    if (unpacked > PAGE_MAX_BYTES) throw new RecordsFault("limit", `a page has more than ${PAGE_MAX_BYTES} bytes`);
    if (count > rows) throw malformed("a page has more values than its row group has rows");
    if (second !== undefined && !(isCount(second.num_nulls) && second.num_nulls <= count && isCount(second.num_rows))) {
      throw malformed("a page has an impossible number of nulls");
    }
    if (dictionary === undefined) values += count;
    reader.offset += packed;
  }
  if (values < rows) throw malformed("a column has fewer values than its row group has rows");
}

const isCount = (value: unknown): value is number =>
  typeof value === "number" && Number.isSafeInteger(value) && value >= 0;

const malformed = (what: string): RecordsFault => new RecordsFault("malformed", `it is no sound parquet file: ${what}`);
