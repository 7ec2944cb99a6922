/** The history of a release as a picture: a row for each piece, a column for each check. */
import type { HistoryLine } from "../model/history.ts";
import { fitText, printable, textWidth } from "../model/printable.ts";
import { countText, plural } from "../model/quantity.ts";
import { type Outcome, outcomes } from "../model/report.ts";

/** `none`: the piece was not in that check; `failed`: the check came to no report. */
export type HistoryCell = Outcome | "none" | "failed";

/** Pieces in the order of the last check, those that are gone after them. */
export interface HistoryGrid {
  readonly columns: readonly { readonly time: string; readonly depth: string; readonly failure?: string }[];
  readonly rows: readonly { readonly piece: string; readonly cells: readonly HistoryCell[] }[];
  /** Checks before the first column. */
  readonly earlier: number;
  /** Pieces that have no row. */
  readonly rowsOmitted: number;
}

/** Rows of one picture. */
const ROWS_MAX = 500;
const COLUMNS_DEFAULT = 80;
/** Columns of a terminal for the name of a piece. */
const NAME_MAX = 32;

/** Makes the grid of the last `last` checks; `earlier` more are known to be before the first line. */
export function historyGrid(
  lines: readonly HistoryLine[],
  { last, earlier = 0 }: { readonly last: number; readonly earlier?: number },
): HistoryGrid {
  const shown = last <= 0 ? [] : lines.slice(-last);
  const pieces = new Set([...shown].reverse().flatMap((line) => line.pieces.map(({ id }) => id)));
  const outcomesOf = shown.map((line) => new Map(line.pieces.map(({ id, outcome }) => [id, outcome])));
  const names = [...pieces].slice(0, ROWS_MAX);
  return {
    columns: shown.map(({ time, depth, failure }) => ({
      time,
      depth,
      ...(failure === undefined ? {} : { failure: failure.message }),
    })),
    rows: names.map((piece) => ({
      piece,
      cells: shown.map(
        (line, index): HistoryCell =>
          line.failure === undefined ? (outcomesOf[index]?.get(piece) ?? "none") : "failed",
      ),
    })),
    earlier: earlier + lines.length - shown.length,
    rowsOmitted: pieces.size - names.length,
  };
}

/** One sign of plain ASCII for each, and what it says in words. */
const SIGNS: {
  readonly [Cell in HistoryCell]: { readonly sign: string; readonly words: string; readonly fill: string };
} = {
  verified: { sign: "v", words: "verified", fill: "#b7e4c7" },
  resolved: { sign: "r", words: "resolved", fill: "#cfe8fc" },
  gated: { sign: "g", words: "gated", fill: "#ffe5a3" },
  broken: { sign: "X", words: "broken", fill: "#f5b5b5" },
  inconclusive: { sign: "?", words: "inconclusive", fill: "#e3d9f2" },
  withheld: { sign: "w", words: "withheld", fill: "#e9e2d0" },
  none: { sign: "-", words: "not in this check", fill: "#f4f4f4" },
  failed: { sign: "!", words: "could not be checked", fill: "#d9d9d9" },
};
const ORDER: readonly HistoryCell[] = [...outcomes, "none", "failed"];

/** What the signs mean, of those that are there. */
function legend({ rows }: HistoryGrid): readonly HistoryCell[] {
  const there = new Set(rows.flatMap(({ cells }) => cells));
  return ORDER.filter((cell) => there.has(cell));
}

/** From when to when, and what is left out. */
function period({ columns, earlier }: HistoryGrid): string {
  const [first, last] = [columns[0], columns.at(-1)];
  if (first === undefined || last === undefined) return "no check";
  const left = earlier === 0 ? "" : `; ${countText(earlier)} earlier not shown`;
  const times = columns.length === 1 ? printable(first.time) : `${printable(first.time)} to ${printable(last.time)}`;
  return `${plural(columns.length, "check")}, ${times}${left}`;
}

/** How many checks a text of so many columns has room for. */
export function historyColumns(lines: readonly HistoryLine[], columns: number = COLUMNS_DEFAULT): number {
  const names = lines.flatMap(({ pieces }) => pieces.map(({ id }) => printable(id)));
  const widest = names.reduce((most, name) => Math.max(most, textWidth(name)), 0);
  return Math.max(columns - Math.min(widest, NAME_MAX) - INDENT - GAP, 1);
}

const INDENT = 2;
const GAP = 2;

/** The picture in plain text: a sign for each cell, with what the signs mean. */
export function historyText(grid: HistoryGrid, title: string, columns: number = COLUMNS_DEFAULT): string {
  const names = grid.rows.map(({ piece }) => printable(piece));
  const width = Math.min(
    names.reduce((most, name) => Math.max(most, textWidth(name)), 0),
    NAME_MAX,
  );
  const lines = [
    fitText(printable(title), columns).trimEnd(),
    `${" ".repeat(INDENT)}${period(grid)}`,
    ...grid.rows.map(({ cells }, index) => {
      const signs = cells.map((cell) => SIGNS[cell].sign).join("");
      return `${" ".repeat(INDENT)}${fitText(names[index] ?? "", width)}${" ".repeat(GAP)}${signs}`;
    }),
    ...(grid.rowsOmitted === 0 ? [] : [`${" ".repeat(INDENT)}and ${plural(grid.rowsOmitted, "piece")} more`]),
    ...(grid.rows.length === 0 && grid.columns.length > 0 ? [`${" ".repeat(INDENT)}no check came to a report`] : []),
  ];
  const meaning = legend(grid).map((cell) => `${SIGNS[cell].sign} ${SIGNS[cell].words}`);
  return `${[...lines, ...wrapped(meaning, columns)].join("\n")}\n`;
}

/** Words of a legend, never broken within one. */
function wrapped(words: readonly string[], columns: number): readonly string[] {
  const lines: string[] = [];
  for (const word of words) {
    const last = lines.at(-1);
    if (last !== undefined && last.length + 3 + word.length <= columns) lines[lines.length - 1] = `${last} · ${word}`;
    else lines.push(`${" ".repeat(INDENT)}${word}`);
  }
  return lines;
}

/** Pixels. */
const CELL = 18;
const NAME_WIDTH = 220;
const MARGIN = 8;
const LINE = 20;

/**
 * The picture as SVG that needs nothing from outside. Every cell has its sign as text and its meaning as a title, so
 * that no colour has to be seen. `id` makes the names in it its own, for a page with several.
 */
export function historySvg(grid: HistoryGrid, title: string, id: string = "history"): string {
  const own = id.replaceAll(/[^A-Za-z0-9_-]/g, "-");
  const meanings = legend(grid);
  const top = MARGIN + 2 * LINE;
  const width = Math.max(2 * MARGIN + NAME_WIDTH + grid.columns.length * CELL, 2 * MARGIN + NAME_WIDTH + 320);
  const height = top + grid.rows.length * CELL + LINE + meanings.length * LINE + MARGIN;
  const text = (x: number, y: number, words: string, more = ""): string =>
    `<text x="${x}" y="${y}"${more}>${escaped(words)}</text>`;
  const cell = (kind: HistoryCell, row: number, column: number, words: string): string => {
    const [x, y] = [MARGIN + NAME_WIDTH + column * CELL, top + row * CELL];
    const { sign, fill } = SIGNS[kind];
    const box = `<rect x="${x}" y="${y}" width="${CELL - 2}" height="${CELL - 2}" rx="2" fill="${fill}" stroke="#555" stroke-width="0.5"/>`;
    const middle = ' text-anchor="middle" font-family="monospace"';
    return `<g><title>${escaped(words)}</title>${box}${text(x + (CELL - 2) / 2, y + CELL - 6, sign, middle)}</g>`;
  };
  const rows = grid.rows.flatMap(({ piece, cells }, row) => [
    text(MARGIN, top + row * CELL + CELL - 6, fitText(printable(piece), NAME_MAX).trimEnd()),
    ...cells.map((kind, column) => {
      const { time = "", depth = "", failure } = grid.columns[column] ?? {};
      const why = failure === undefined ? "" : `: ${printable(failure)}`;
      return cell(kind, row, column, `${printable(piece)}, ${printable(time)}, ${depth}: ${SIGNS[kind].words}${why}`);
    }),
  ]);
  const signs = meanings.map((kind, index) => {
    const y = top + grid.rows.length * CELL + LINE + index * LINE;
    const { sign, words, fill } = SIGNS[kind];
    const box = `<rect x="${MARGIN}" y="${y}" width="${CELL - 2}" height="${CELL - 2}" rx="2" fill="${fill}" stroke="#555" stroke-width="0.5"/>`;
    const middle = ' text-anchor="middle" font-family="monospace"';
    return `${box}${text(MARGIN + (CELL - 2) / 2, y + CELL - 6, sign, middle)}${text(MARGIN + CELL + 6, y + CELL - 6, words)}`;
  });
  const left = grid.rowsOmitted === 0 ? "" : `; ${plural(grid.rowsOmitted, "piece")} more not shown`;
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" role="img" aria-labelledby="${own}-title ${own}-desc" viewBox="0 0 ${width} ${height}" width="${width}" height="${height}" font-family="sans-serif" font-size="12" fill="#111">`,
    `<title id="${own}-title">${escaped(printable(title))}</title>`,
    `<desc id="${own}-desc">${escaped(`${description(grid)}${left}`)}</desc>`,
    `<rect width="${width}" height="${height}" fill="#fff"/>`,
    text(MARGIN, MARGIN + 12, fitText(printable(title), COLUMNS_DEFAULT).trimEnd(), ' font-weight="bold"'),
    text(MARGIN, MARGIN + LINE + 12, period(grid)),
    ...rows,
    ...signs,
    "</svg>\n",
  ].join("\n");
}

/** The whole in words: what each piece is now, and how often that changed. */
function description(grid: HistoryGrid): string {
  const pieces = grid.rows.map(({ piece, cells }) => {
    const turns = cells.filter((cell, index) => index > 0 && cell !== cells[index - 1]).length;
    const now = cells.at(-1);
    return `${printable(piece)}: ${now === undefined ? "" : SIGNS[now].words} at last, ${plural(turns, "change")}`;
  });
  return [period(grid), ...pieces].join("; ");
}

const ENTITIES: { readonly [character: string]: string } = { "&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;" };
const escaped = (text: string): string => text.replaceAll(/[&<>"]/g, (character) => ENTITIES[character] ?? "");
