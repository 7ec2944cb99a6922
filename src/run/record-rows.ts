/** The rows of a piece's lists that are to be asked for: a drawn sample, or all of them as they come. */
import { setImmediate as nextTurn } from "node:timers/promises";
import type { RecordColumns, Records } from "../model/records.ts";
import { createDraw, type Draw } from "../records/draw.ts";
import type { ParquetList } from "../records/parquet.ts";
import type { RecordRow } from "../records/record.ts";
import { createTextReader, type RowTaker } from "../records/text-reader.ts";
import type { ResolveContext } from "../resolve/resolver.ts";
import type { FoundList, RecordLists } from "./record-lists.ts";
import { bytesOf, fileSource, openList, unpackedCopy } from "./record-source.ts";

/** One row that is asked for. */
export interface RowToAsk {
  /** The list's place among the lists. */
  readonly list: number;
  readonly path: string;
  readonly row: number;
  readonly record: RecordRow;
}

/** What the rows are read from. */
export interface RowsFrom {
  readonly lists: RecordLists;
  readonly found: readonly FoundList[];
  readonly declared: Records;
  readonly context: ResolveContext;
  /** Called before a list is read. */
  readonly opening: (list: FoundList) => void;
}

/** What is known of the lists as a whole once they were read. */
export interface RowsKnown {
  rows: number;
  columns: RecordColumns | undefined;
}

/** Rows after which other work gets its turn. */
const ROWS_IN_A_TURN = 1 << 17;

/** Draws rows of all lists in one pass; of parquet files only the chosen rows' columns are read, in a second look. */
export async function drawRows(
  from: RowsFrom,
  size: number,
  seed: number,
  known: RowsKnown,
): Promise<readonly RowToAsk[]> {
  const draw = createDraw<RecordRow | undefined>(size, seed);
  for (const [at, list] of from.found.entries()) {
    from.opening(list);
    if (list.form.format !== "parquet") {
      const taker: RowTaker = { wants: (row) => draw.wants(at, row), take: (record) => draw.take(record) };
      await readText(list, from, known, taker);
      continue;
    }
    await withParquet(list, from, async (parquet) => {
      note(known, parquet.rows, parquet.columns);
      await drawPlaces(draw, at, parquet.rows);
    });
  }
  const drawn = draw.finish();
  const rows: RowToAsk[] = [];
  for (const [at, list] of from.found.entries()) {
    const own = drawn.filter(({ list: of }) => of === at);
    if (list.form.format !== "parquet") {
      for (const { row, value } of own)
        if (value !== undefined) rows.push({ list: at, path: list.path, row, record: value });
    } else if (own.length > 0) {
      from.opening(list);
      const wanted = own.map(({ row }) => row);
      await withParquet(list, from, async (parquet) => {
        for await (const chunk of parquet.read(wanted))
          rows.push(...chunk.map((one) => ({ list: at, path: list.path, ...one })));
      });
    }
  }
  return rows;
}

async function drawPlaces(draw: Draw<RecordRow | undefined>, list: number, rows: number): Promise<void> {
  for (let row = 0; row < rows; row++) {
    if (draw.wants(list, row)) draw.take(undefined);
    if (row % ROWS_IN_A_TURN === ROWS_IN_A_TURN - 1) await nextTurn();
  }
}

/** Every row of every list, as they are read. */
export async function* everyRow(from: RowsFrom, known: RowsKnown): AsyncGenerator<readonly RowToAsk[]> {
  for (const [at, list] of from.found.entries()) {
    from.opening(list);
    if (list.form.format !== "parquet") {
      let waiting: RowToAsk[] = [];
      const taker: RowTaker = {
        wants: () => true,
        take: (record, row) => void waiting.push({ list: at, path: list.path, row, record }),
      };
      for await (const _ of textChunks(list, from, known, taker)) {
        yield waiting;
        waiting = [];
      }
      continue;
    }
    const { parquet, close } = await openedParquet(list, from);
    try {
      note(known, parquet.rows, parquet.columns);
      for await (const chunk of parquet.read(undefined))
        yield chunk.map((one) => ({ list: at, path: list.path, ...one }));
    } finally {
      await close();
    }
  }
}

function note(known: RowsKnown, rows: number, columns: RecordColumns | undefined): void {
  known.rows += rows;
  known.columns ??= columns;
}

async function readText(list: FoundList, from: RowsFrom, known: RowsKnown, taker: RowTaker): Promise<void> {
  for await (const _ of textChunks(list, from, known, taker)) if (from.context.signal.aborted) return;
}

/** Yields after each chunk that was read. */
async function* textChunks(list: FoundList, from: RowsFrom, known: RowsKnown, taker: RowTaker): AsyncGenerator<void> {
  const { form } = list;
  if (form.format === "parquet") return;
  const bytes = await openList(list, from.lists, from.context);
  if (bytes.kind === "ranges") return;
  const reader = createTextReader(form.format, from.declared, taker);
  for await (const chunk of bytesOf(bytes.path, form.gzip)) {
    reader.write(chunk);
    yield;
  }
  reader.end();
  note(known, reader.rows(), reader.columns());
  yield;
}

interface OpenedParquet {
  readonly parquet: ParquetList;
  readonly close: () => Promise<void>;
}

async function openedParquet(list: FoundList, { lists, context, declared }: RowsFrom): Promise<OpenedParquet> {
  const bytes = await openList(list, lists, context);
  const { openParquet } = await import("../records/parquet.ts");
  if (bytes.kind === "ranges") return { parquet: await openParquet(bytes.source, declared), close: async () => {} };
  const source = await fileSource(list.form.gzip ? await unpackedCopy(bytes.path, context) : bytes.path);
  try {
    return { parquet: await openParquet(source, declared), close: source.close };
  } catch (error) {
    await source.close();
    throw error;
  }
}

async function withParquet(
  list: FoundList,
  from: RowsFrom,
  act: (parquet: ParquetList) => Promise<void>,
): Promise<void> {
  const { parquet, close } = await openedParquet(list, from);
  try {
    await act(parquet);
  } finally {
    await close();
  }
}
