/** A piece that is a list of addresses: its rows, drawn by a seed or all of them, and what their hosts say. */

import { isIP } from "node:net";
import { createNames } from "../io/names.ts";
import type { RecordsLook, RecordsUnread } from "../judge/records.ts";
import { foldRecords, type RecordsFold } from "../judge/records-fold.ts";
import type { Try } from "../judge/try.ts";
import type { Evidence } from "../model/evidence.ts";
import type { Piece } from "../model/manifest.ts";
import type { RecordAt, Records } from "../model/records.ts";
import { redactUrl } from "../model/redact.ts";
import { RecordsFault } from "../records/fault.ts";
import { knownForms } from "../records/format.ts";
import type { RecordRow } from "../records/record.ts";
import type { Run } from "./context.ts";
import { createHostRest } from "./host-rest.ts";
import { askInTurn } from "./in-turn.ts";
import type { ProgressMeter } from "./progress.ts";
import { createAsk, unaskable } from "./record-ask.ts";
import type { RecordLists } from "./record-lists.ts";
import { drawRows, everyRow, type RowsFrom, type RowsKnown, type RowToAsk } from "./record-rows.ts";
import { ListUnavailable } from "./record-source.ts";

/** Questions under way at a time, over all hosts. */
const QUESTIONS_IN_FLIGHT = 128;
/** Rows that wait for their host's turn. */
const ROWS_WAITING = 16_384;

/** Asks for the rows of a piece's lists once, as the first location that has them gave them; undefined where none has. */
export async function lookAtPieceRecords(
  piece: Piece,
  tries: readonly Try[],
  listsOf: ReadonlyMap<Try, RecordLists>,
  run: Run,
  meter: ProgressMeter,
): Promise<RecordsLook | undefined> {
  const { records } = piece;
  if (records === undefined) return undefined;
  let last: RecordsLook | undefined;
  for (const attempt of tries) {
    const lists = listsOf.get(attempt);
    if (lists === undefined || attempt.resolution?.status !== "found") continue;
    last = await lookAtRecords(piece, records, attempt, lists, run, meter);
    if (last.status === "asked" || run.signal.aborted) break;
  }
  return last;
}

async function lookAtRecords(
  piece: Piece,
  records: Records,
  attempt: Pick<Try, "index" | "files">,
  lists: RecordLists,
  run: Run,
  meter: ProgressMeter,
): Promise<RecordsLook> {
  const { lists: found, missing, omitted } = lists.finish();
  const name = piece.id;
  if (omitted > 0) return unread(name, "limit", "the piece has too many lists", "unknown");
  const [first] = missing;
  if (first !== undefined) return unread(first, "list-unavailable", "the list itself could not be had", "elsewhere");
  if (attempt.files?.outcome === "broken") {
    return unread(name, "list-differs", "the files at this location are not the declared ones", "elsewhere");
  }
  if (found.length === 0) {
    return unread(name, "list-missing", `no file of the piece is a list; known forms are ${knownForms}`, "false");
  }

  let current = found[0]?.path ?? name;
  const known: RowsKnown = { rows: 0, columns: undefined };
  const from: RowsFrom = {
    lists,
    found,
    declared: records,
    context: run.resolveContext,
    opening: ({ path }) => {
      current = path;
    },
  };
  const fold = foldRecords();
  const { sample, seed } = run.records;
  try {
    const rows = sample === "all" ? everyRow(from, known) : one(await drawRows(from, sample, seed, known));
    await askRows(rows, piece, attempt.index, fold, run, meter);
  } catch (error) {
    if (error instanceof ListUnavailable) {
      const { reason, message, kind } = error.refusal;
      return unread(current, reason, message, kind === "absent" ? "false" : "unknown");
    }
    if (!(error instanceof RecordsFault)) throw error;
    const isFalse = error.reason === "column-missing" || error.reason === "malformed";
    return unread(current, error.reason, error.message, isFalse ? "false" : "unknown");
  }
  if (run.signal.aborted) return unread(current, "interrupted", "the run was stopped before this was told", "unknown");
  const seen = fold.finish();
  const { rows, columns } = known;
  return {
    status: "asked",
    rows,
    ...(seen.asked < rows ? { seed } : {}),
    lists: found.length,
    columns: columns ?? { url: records.url ?? "url", digest: {}, guessed: records.url === undefined },
    seen,
  };
}

function unread(list: string, reason: string, detail: string, means: RecordsUnread["means"]): RecordsUnread {
  return { status: "unread", list, reason, detail, means };
}

async function* one(rows: readonly RowToAsk[]): AsyncGenerator<readonly RowToAsk[]> {
  yield rows;
}

async function askRows(
  rows: AsyncIterable<readonly RowToAsk[]>,
  piece: Piece,
  location: number,
  fold: RecordsFold,
  run: Run,
  meter: ProgressMeter,
): Promise<void> {
  const { http, signal } = run.resolveContext;
  const { perHost, maxBytes, offline } = run.records;
  const rest = createHostRest();
  const ask = createAsk({ http, signal, isProbe: run.depth === "probe", maxBytes, onBytes: meter.bytes });
  const take = ({ list, path, row, record }: RowToAsk, seen: Partial<Evidence>): void => {
    const evidence: Evidence = { piece: piece.id, location, path, record: placeOf(row, record), ...seen };
    fold.add(list, evidence);
    run.onEvidence?.(evidence);
    meter.files(1);
  };
  const names = createNames();
  await askInTurn(rows, {
    hostOf: ({ record }) => hostOf(record),
    async before(host) {
      if (host === "" || offline || isLiteral(host)) return;
      const refusal = await names.ask(host);
      if (refusal !== undefined) rest.note(host, refusal);
    },
    perHost,
    inFlight: QUESTIONS_IN_FLIGHT,
    waiting: ROWS_WAITING,
    signal,
    async ask(item) {
      const { url } = item.record;
      const host = hostOf(item.record);
      if (url === undefined) return take(item, {});
      const refusal = unaskable(url) ?? rest.refusal(host);
      if (refusal !== undefined) return take(item, { refusal });
      const seen = await ask(url, item.record);
      rest.note(host, seen.refusal);
      take(item, seen);
    },
  });
}

/** An address is no name to be looked up. */
function isLiteral(host: string): boolean {
  return isIP(host) !== 0 || host.startsWith("[");
}

/** Connections are counted by host name, whatever the port. */
function hostOf({ url }: RecordRow): string {
  return url === undefined ? "" : new URL(url).hostname;
}

function placeOf(row: number, { url, digest, size, problem }: RecordRow): RecordAt {
  return {
    row,
    ...(url === undefined ? {} : { url: redactUrl(url) }),
    ...(digest === undefined ? {} : { digest }),
    ...(size === undefined ? {} : { size }),
    ...(problem === undefined ? {} : { problem }),
  };
}
