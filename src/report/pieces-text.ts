/** The pieces as a table, one line each, or stacked where a terminal is too narrow for that. */
import { fitText, middle, printable, textWidth } from "../model/printable.ts";
import { plural } from "../model/quantity.ts";
import type { PieceReport } from "../model/report.ts";
import {
  digestText,
  filesText,
  licenseShortText,
  licenseText,
  pinText,
  usedLocation,
  whereText,
} from "./piece-facts.ts";
import type { Terminal } from "./terminal.ts";

const INDENT = 2;
const GAP = 2;
/** Narrowest that an address and an id are cut to before the table is given up. */
const WHERE_MIN = 16;
const ID_MIN = 12;
const ID_MAX = 40;
const LICENSE_MAX = 60;
const LICENSE_SHORT_MAX = 26;
/** Longest parts of a phrase that are printed at all. */
const WHERE_MAX = 100;

const HEADS = ["outcome", "piece", "where", "files", "digest", "licence"] as const;
const ID = 1;
const WHERE = 2;

type Row = readonly string[];

/** Every piece in manifest order. */
export function pieceLines(pieces: readonly PieceReport[], to: Terminal): readonly string[] {
  if (pieces.length === 0) return [];
  return tableLines(pieces, to) ?? pieces.flatMap((piece) => stackedLines(piece, to));
}

function tableLines(pieces: readonly PieceReport[], to: Terminal): readonly string[] | undefined {
  const rich = pieces.map((piece) => row(piece, true));
  const widths = columnWidths(rich);
  if (totalWidth(widths) <= to.columns) return draw(pieces, rich, widths, to);
  const lean = pieces.map((piece) => row(piece, false));
  const narrowed = narrow(columnWidths(lean), to.columns);
  return narrowed === undefined ? undefined : draw(pieces, lean, narrowed, to);
}

/** With room for it, the pin's state and the place of the licence are told as well. */
function row(piece: PieceReport, rich: boolean): Row {
  const location = usedLocation(piece);
  const pin = pinText(location);
  const where = middle(printable(whereText(location)), WHERE_MAX);
  return [
    piece.outcome,
    middle(printable(piece.id), ID_MAX),
    pin === undefined || (pin === "pinned" && !rich) ? where : `${where}, ${pin}`,
    filesText(piece),
    digestText(piece),
    rich
      ? middle(printable(licenseText(piece)), LICENSE_MAX)
      : middle(printable(licenseShortText(piece)), LICENSE_SHORT_MAX),
  ];
}

function columnWidths(rows: readonly Row[]): readonly number[] {
  return HEADS.map((head, column) =>
    rows.reduce((widest, cells) => Math.max(widest, textWidth(cells[column] ?? "")), head.length),
  );
}

function totalWidth(widths: readonly number[]): number {
  return widths.reduce((sum, width) => sum + width, INDENT + GAP * (widths.length - 1));
}

/** Takes what is too much from the addresses first, then from the ids; undefined when that is not enough. */
function narrow(widths: readonly number[], columns: number): readonly number[] | undefined {
  const narrowed = [...widths];
  for (const [column, least] of [
    [WHERE, WHERE_MIN],
    [ID, ID_MIN],
  ] as const) {
    const width = narrowed[column] ?? 0;
    const excess = totalWidth(narrowed) - columns;
    if (excess > 0) narrowed[column] = Math.max(width - excess, Math.min(width, least));
  }
  return totalWidth(narrowed) <= columns ? narrowed : undefined;
}

function draw(
  pieces: readonly PieceReport[],
  rows: readonly Row[],
  widths: readonly number[],
  to: Terminal,
): readonly string[] {
  const line = (cells: Row): string =>
    cells
      .map((cell, column) => fitText(middle(cell, widths[column] ?? 0), widths[column] ?? 0))
      .join(" ".repeat(GAP))
      .trimEnd();
  const body = rows.map((cells, index) => {
    const { outcome } = pieces[index] ?? {};
    const drawn = line(cells);
    return outcome === undefined ? drawn : drawn.replace(outcome, to.outcome(outcome, outcome));
  });
  return [to.faint(line(HEADS)), ...body].map((drawn) => `${" ".repeat(INDENT)}${drawn}`);
}

function stackedLines(piece: PieceReport, to: Terminal): readonly string[] {
  const location = usedLocation(piece);
  const pin = pinText(location);
  const { declared, present } = piece.counts;
  const files = declared <= present ? plural(present, "file") : `${filesText(piece)} files`;
  const [first = "", ...rest] = to.block(`${piece.outcome} ${middle(printable(piece.id), ID_MAX)}`, INDENT, INDENT);
  return [
    first.replace(piece.outcome, to.outcome(piece.outcome, piece.outcome)),
    ...rest,
    ...to.block(
      `${middle(printable(whereText(location)), WHERE_MAX)}${pin === undefined ? "" : `, ${pin}`}`,
      2 * INDENT,
      INDENT,
    ),
    ...to.block(`${files}, digest ${digestText(piece)}`, 2 * INDENT, INDENT),
    ...to.block(`licence ${middle(printable(licenseText(piece)), LICENSE_MAX)}`, 2 * INDENT, INDENT),
  ];
}
