/** The pieces: a table where it fits, two lines each on a usual terminal, stacked on a very narrow one. */
import { fitText, middle, printable, textWidth } from "../model/printable.ts";
import type { PieceReport } from "../model/report.ts";
import { digestText, filesText, licenseText, pinText, usedLocation, whereText } from "./piece-facts.ts";
import type { Terminal } from "./terminal.ts";

const INDENT = 2;
const GAP = 2;
/** Longest phrases that are printed whole. */
const ID_MAX = 32;
const WHERE_MAX = 100;
const LICENSE_MAX = 60;
/** Columns beside the id that make two lines a piece readable. */
const FACTS_MIN = 40;

const HEADS = ["outcome", "piece", "where", "files", "digest", "licence"] as const;

interface Row {
  readonly piece: PieceReport;
  readonly id: string;
  readonly where: string;
  /** `, pinned` behind the address. */
  readonly pin: string;
  readonly files: string;
  readonly digest: string;
  readonly license: string;
}

/** Every piece in manifest order. */
export function pieceLines(pieces: readonly PieceReport[], to: Terminal): readonly string[] {
  if (pieces.length === 0) return [];
  const rows = pieces.map(rowOf);
  return table(rows, to) ?? twoLines(rows, to) ?? rows.flatMap((row) => stacked(row, to));
}

function rowOf(piece: PieceReport): Row {
  const location = usedLocation(piece);
  const pin = pinText(location);
  return {
    piece,
    id: middle(printable(piece.id), ID_MAX),
    where: printable(whereText(location)),
    pin: pin === undefined ? "" : `, ${pin}`,
    files: filesText(piece),
    digest: digestText(piece),
    license: middle(printable(licenseText(piece)), LICENSE_MAX),
  };
}

function table(rows: readonly Row[], to: Terminal): readonly string[] | undefined {
  const lines = [
    HEADS,
    ...rows.map((row) => [
      row.piece.outcome,
      row.id,
      address(row, Number.isFinite(to.columns) ? WHERE_MAX : to.columns),
      row.files,
      row.digest,
      row.license,
    ]),
  ];
  const widths = HEADS.map((_, column) => widest(lines.map((cells) => cells[column] ?? "")));
  if (widths.reduce((sum, width) => sum + width + GAP, INDENT - GAP) > to.columns) return undefined;
  return lines.map((cells, index) => {
    const drawn = cells
      .map((cell, column) => fitText(cell, widths[column] ?? 0))
      .join(" ".repeat(GAP))
      .trimEnd();
    return `${" ".repeat(INDENT)}${index === 0 ? to.faint(drawn) : painted(drawn, rows[index - 1], to)}`;
  });
}

function twoLines(rows: readonly Row[], to: Terminal): readonly string[] | undefined {
  const outcomes = widest(rows.map(({ piece }) => piece.outcome));
  const ids = widest(rows.map(({ id }) => id));
  const facts = INDENT + outcomes + GAP + ids + GAP;
  if (facts + FACTS_MIN > to.columns) return undefined;
  return rows.flatMap((row) => {
    const begin = `${" ".repeat(INDENT)}${row.piece.outcome.padEnd(outcomes + GAP)}${fitText(row.id, ids + GAP)}`;
    return [
      painted(`${begin}${address(row, to.columns - facts)}`, row, to),
      ...to.block(`${filesPhrase(row)}, ${digestPhrase(row)}, ${row.license}`, facts, INDENT).map(to.faint),
    ];
  });
}

function stacked(row: Row, to: Terminal): readonly string[] {
  const [first = "", ...rest] = to.block(`${row.piece.outcome} ${row.id}`, INDENT, INDENT);
  return [
    painted(first, row, to),
    ...rest,
    `${" ".repeat(2 * INDENT)}${address(row, to.columns - 2 * INDENT)}`,
    ...to.block(`${filesPhrase(row)}, ${digestPhrase(row)}`, 2 * INDENT, INDENT),
    ...to.block(`licence ${row.license}`, 2 * INDENT, INDENT),
  ];
}

/** The address with its pin's state, cut in its middle to the room there is: findings tell it whole. */
function address({ where, pin }: Row, columns: number): string {
  return `${middle(where, columns - textWidth(pin))}${pin}`;
}

/** The outcome stands first in its line, so its first occurrence is the one to paint. */
function painted(line: string, row: Row | undefined, to: Terminal): string {
  if (row === undefined) return line;
  const { outcome } = row.piece;
  return line.replace(outcome, to.outcome(outcome, outcome));
}

function filesPhrase({ piece, files }: Row): string {
  const { declared, present } = piece.counts;
  return `${files} ${Math.max(declared, present) === 1 ? "file" : "files"}`;
}

function digestPhrase({ digest }: Row): string {
  return digest.startsWith("no") ? `digest ${digest}` : digest;
}

function widest(texts: readonly string[]): number {
  return texts.reduce((width, text) => Math.max(width, textWidth(text)), 0);
}
