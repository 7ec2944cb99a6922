/** Lists that are parquet files: only the columns that matter are read, and only the row groups that have wanted rows. */
import { brotliDecompressSync, gunzipSync } from "node:zlib";
import {
  type Compressors,
  type FileMetaData,
  parquetMetadataAsync,
  parquetReadObjects,
  parquetSchema,
} from "hyparquet";
import { decompressZstd, compressors as others } from "hyparquet-compressors";
import type { RecordColumns, Records } from "../model/records.ts";
import { chooseColumns } from "./columns.ts";
import { ROWS_MAX } from "./draw.ts";
import { RecordsFault } from "./fault.ts";
import { CHUNK_MAX_BYTES, checkPages, GROUP_MAX_ROWS, PAGE_MAX_BYTES } from "./parquet-guard.ts";
import { type PlacedRecord, readRecord } from "./record.ts";

/** Bytes of a file's own description. */
export const FOOTER_MAX_BYTES = 64 * 1024 * 1024;
/** Rows that are decoded at a time. */
const BLOCK_ROWS = 128 * 1024;

/** A file that can be read at any place. `slice` may throw an error of its own, which is passed on. */
export interface RangeSource {
  readonly byteLength: number;
  slice(start: number, end: number): Promise<ArrayBuffer>;
}

/** A parquet file whose description was read. */
export interface ParquetList {
  readonly rows: number;
  readonly columns: RecordColumns;
  /** The records of these rows, in order; of all rows when undefined. Throws RecordsFault. */
  read(rows: readonly number[] | undefined): AsyncGenerator<readonly PlacedRecord[]>;
}

/** Opens a parquet file. Throws RecordsFault for what is none. */
export async function openParquet(source: RangeSource, declared: Records): Promise<ParquetList> {
  const metadata = await guarded(source, async (file) => {
    const length = await checkFooter(file);
    return parquetMetadataAsync(file, { geoparquet: false, initialFetchSize: length });
  });
  const { columns, rows, groups } = await guarded(source, async () => describe(metadata, declared));
  return { rows, columns, read };

  async function* read(wanted: readonly number[] | undefined): AsyncGenerator<readonly PlacedRecord[]> {
    let next = 0;
    for (const [index, group] of groups.entries()) {
      const end = group.start + group.rows;
      const from = next;
      while (wanted !== undefined && next < wanted.length && (wanted[next] ?? 0) < end) next += 1;
      if (wanted !== undefined && next === from) continue;
      yield* readGroup(index, group, wanted?.slice(from, next));
    }
  }

  async function* readGroup(
    index: number,
    group: Group,
    wanted: readonly number[] | undefined,
  ): AsyncGenerator<readonly PlacedRecord[]> {
    const file = await guarded(source, (from) => loadGroup(from, metadata, index, [...names(columns)], group.rows));
    let next = 0;
    for (let start = 0; start < group.rows; start += BLOCK_ROWS) {
      const end = Math.min(start + BLOCK_ROWS, group.rows);
      const from = next;
      while (wanted !== undefined && next < wanted.length && (wanted[next] ?? 0) < group.start + end) next += 1;
      if (wanted !== undefined && next === from) continue;
      const block = await guarded(file, (from) =>
        parquetReadObjects({
          file: from,
          metadata,
          columns: [...names(columns)],
          rowStart: group.start + start,
          rowEnd: group.start + end,
          compressors,
          utf8: false,
        }),
      );
      const first = group.start + start;
      const rowsOfBlock = wanted === undefined ? block.map((_, at) => first + at) : wanted.slice(from, next);
      yield rowsOfBlock.map((row) => ({
        row,
        record: readRecord(columns, (column) => block[row - first]?.[String(column)]),
      }));
    }
  }
}

interface Group {
  readonly start: number;
  readonly rows: number;
}

function describe(
  metadata: FileMetaData,
  declared: Records,
): { readonly columns: RecordColumns; readonly rows: number; readonly groups: readonly Group[] } {
  const flat = parquetSchema(metadata).children.filter(
    ({ children, element }) => children.length === 0 && element.repetition_type !== "REPEATED",
  );
  const columns = chooseColumns(
    declared,
    flat.map(({ element }) => element.name),
  );
  const groups: Group[] = [];
  let start = 0;
  for (const { num_rows } of metadata.row_groups) {
    const rows = Number(num_rows);
    if (!Number.isSafeInteger(rows) || rows < 0) throw malformed("a row group has an impossible number of rows");
    if (rows > GROUP_MAX_ROWS) throw new RecordsFault("limit", `a row group has more than ${GROUP_MAX_ROWS} rows`);
    groups.push({ start, rows });
    start += rows;
  }
  if (start > ROWS_MAX) throw new RecordsFault("limit", `the list has more than ${ROWS_MAX} rows`);
  return { columns, rows: start, groups };
}

/** The chunks of the columns that are read, checked and held in memory: nothing else of the file is looked at. */
async function loadGroup(
  file: RangeSource,
  metadata: FileMetaData,
  index: number,
  wanted: readonly string[],
  rows: number,
): Promise<RangeSource> {
  const held: { readonly start: number; readonly bytes: ArrayBuffer }[] = [];
  for (const { meta_data: meta, file_path: elsewhere } of metadata.row_groups[index]?.columns ?? []) {
    if (meta === undefined || !wanted.includes(meta.path_in_schema[0] ?? "")) continue;
    if (elsewhere !== undefined) throw new RecordsFault("unsupported", "a column lies in another file");
    const start = Number(meta.dictionary_page_offset || meta.data_page_offset);
    const length = Number(meta.total_compressed_size);
    if (length > CHUNK_MAX_BYTES)
      throw new RecordsFault("limit", `a column has more than ${CHUNK_MAX_BYTES} bytes in one row group`);
    if (!isRange(start, start + length, file.byteLength)) throw malformed("a column lies outside the file");
    const bytes = await file.slice(start, start + length);
    checkPages(bytes, rows);
    held.push({ start, bytes });
  }
  return {
    byteLength: file.byteLength,
    slice: async (start, end) => {
      const one = held.find(({ start: from, bytes }) => start >= from && end <= from + bytes.byteLength);
      if (one === undefined) {
        // Several chunks that lie beside each other are asked for as one.
        const joined = new Uint8Array(Math.max(0, end - start));
        for (const { start: from, bytes } of held) {
          if (from >= start && from + bytes.byteLength <= end) joined.set(new Uint8Array(bytes), from - start);
        }
        return joined.buffer;
      }
      if (one.start === start && end === start + one.bytes.byteLength) return one.bytes;
      return one.bytes.slice(start - one.start, end - one.start);
    },
  };
}

/** The length of the file's description, with its own length and mark. */
async function checkFooter(file: RangeSource): Promise<number> {
  if (file.byteLength < 12) throw malformed("it is too short");
  const end = new DataView(await file.slice(file.byteLength - 8, file.byteLength));
  if (end.getUint32(4, true) !== PAR1) throw malformed("its last bytes are not `PAR1`");
  const length = end.getUint32(0, true);
  if (length > FOOTER_MAX_BYTES) throw new RecordsFault("limit", `its footer has more than ${FOOTER_MAX_BYTES} bytes`);
  if (length > file.byteLength - 8) throw malformed("its footer is longer than the file");
  return length + 8;
}

/** `PAR1`, read as a number. */
const PAR1 = 0x31524150;

/**
 * Runs the reader on a file: what it throws is about the file, unless the file could not be had. The reader is given
 * hostile bytes, and throws whatever its language throws.
 */
async function guarded<Result>(source: RangeSource, act: (file: RangeSource) => Promise<Result>): Promise<Result> {
  let unread: { readonly error: unknown } | undefined;
  const file: RangeSource = {
    byteLength: source.byteLength,
    slice: async (start, end) => {
      if (!isRange(start, end, source.byteLength)) throw malformed("it names a place outside of itself");
      try {
        return await source.slice(start, end);
      } catch (error) {
        unread ??= { error };
        throw error;
      }
    },
  };
  try {
    return await act(file);
  } catch (error) {
    if (unread !== undefined) throw unread.error;
    if (error instanceof RecordsFault) throw error;
    throw malformed(error instanceof Error ? error.message.slice(0, MESSAGE_MAX) : "it can not be read");
  }
}

/** Characters of the reader's own words that are repeated. */
const MESSAGE_MAX = 200;

const isRange = (start: number, end: number, length: number): boolean =>
  Number.isSafeInteger(start) && Number.isSafeInteger(end) && start >= 0 && end >= start && end <= length;

const malformed = (what: string): RecordsFault => new RecordsFault("malformed", `it is no sound parquet file: ${what}`);

function names({ url, digest, size }: RecordColumns): ReadonlySet<string> {
  return new Set([url, ...Object.values(digest), ...(size === undefined ? [] : [size])].map(String));
}

/** Every decompressor, behind our own limit. */
const compressors: Compressors = Object.fromEntries(
  Object.entries<Decompress>({
    ...others,
    // Into room of our own: a frame's own word on its length is not believed.
    ZSTD: (input, length) => decompressZstd(input, new Uint8Array(length)),
    GZIP: (input, length) => gunzipSync(input, { maxOutputLength: Math.max(1, length) }),
    BROTLI: (input, length) => brotliDecompressSync(input, { maxOutputLength: Math.max(1, length) }),
  }).map(([codec, decompress]) => [
    codec,
    (input: Uint8Array, length: number) => {
      if (!(length >= 0 && length <= PAGE_MAX_BYTES))
        throw new RecordsFault("limit", `a page has more than ${PAGE_MAX_BYTES} bytes`);
      // A page without values: not every decompressor knows that nothing unpacks to nothing.
      return length === 0 ? new Uint8Array(0) : decompress(input, length);
    },
  ]),
);

type Decompress = (input: Uint8Array, length: number) => Uint8Array;
