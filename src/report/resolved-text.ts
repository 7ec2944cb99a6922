/** What one location resolves to, for a terminal. */
import { digestAlgorithms } from "../model/digest.ts";
import type { Found, Refusal, RemoteObject } from "../model/evidence.ts";
import { cut, printable, textWidth, wrap } from "../model/printable.ts";
import { bytesText, plural } from "../model/quantity.ts";
import { refusalHint } from "../model/refusal-hints.ts";

/** The parts of an answer that are told. */
export interface ResolvedView {
  readonly uri: string;
  readonly resolver?: string | undefined;
  readonly status: "found" | "refused" | "unsupported" | "not-asked";
  readonly refusal?: Refusal | undefined;
  readonly supported?: readonly string[] | undefined;
  readonly found?: Omit<Found, "status"> | undefined;
  readonly listable: boolean;
  readonly files: readonly (RemoteObject | Refusal)[];
  readonly more: boolean;
}

const LABEL_COLUMNS = 12;
/** A fact of the host's own is shown up to here, in characters. */
const FACT_LENGTH = 200;
/** Wide enough for most names, so that sizes stand below each other. */
const PATH_COLUMNS_MAX = 48;
const SIZE_COLUMNS = 10;

/** Every line ends in a line break. Foreign text is escaped. `columns` undefined: nothing is cut. */
export function resolvedText(view: ResolvedView, columns: number | undefined): string {
  const lines: string[] = [];
  const row = (label: string, value: string): void => {
    const width = Math.max(20, (columns ?? Number.POSITIVE_INFINITY) - LABEL_COLUMNS - 2);
    for (const [index, line] of wrap(value, width).entries()) {
      lines.push(`  ${(index === 0 ? label : "").padEnd(LABEL_COLUMNS)}${line}`);
    }
  };
  lines.push(printable(view.uri));
  if (view.status === "unsupported") {
    row("status", "not a kind of location that is understood here");
    for (const [index, syntax] of (view.supported ?? []).entries()) row(index === 0 ? "known are" : "", syntax);
    return `${lines.join("\n")}\n`;
  }
  row("resolver", view.resolver ?? "");
  const { refusal, found } = view;
  if (refusal !== undefined) {
    const status = refusal.httpStatus === undefined ? "" : `, HTTP ${refusal.httpStatus}`;
    row("status", `${statusWord(refusal)} (${refusal.reason}${status})`);
    row("", printable(refusal.message, FACT_LENGTH * 2));
    if (refusal.retryAt !== undefined) row("ask again", refusal.retryAt);
    row("hint", refusalHint(refusal.reason) ?? hints[refusal.kind]);
    return `${lines.join("\n")}\n`;
  }
  if (view.status === "not-asked") row("status", "not asked: there is no file to ask for by name");
  else row("status", found?.gated === undefined ? "there" : `there, behind a gate (${found.gated})`);
  if (found !== undefined) foundRows(found, row);
  filesRows(view, row, lines, columns);
  return `${lines.join("\n")}\n`;
}

/** What to do about a refusal whose reason asks for nothing of its own. */
const hints = {
  absent: "check how the location is written, and ask its owner where it went",
  denied: "provide credentials for the host, then ask again",
  unreachable: "ask again later; if it stays so, ask whether the host is still in use",
  malformed: "see with a browser what the host answers, or ask again later",
} as const satisfies { readonly [Kind in Refusal["kind"]]: string };

function statusWord({ kind, reason }: Refusal): string {
  if (reason === "gated") return "there, behind a login or terms";
  return { absent: "not there", denied: "refused", unreachable: "not reached", malformed: "no usable answer" }[kind];
}

function foundRows(found: Omit<Found, "status">, row: (label: string, value: string) => void): void {
  row("pinned", found.pinned ? "yes" : "no: it can give other bytes tomorrow");
  if (found.revision !== undefined) row("revision", printable(found.revision));
  row("licence", found.licensePublished === undefined ? "none is stated" : printable(found.licensePublished));
  for (const { code, at, detail } of found.signs ?? []) {
    row("note", printable(`${code}${at === undefined ? "" : ` ${at}`}: ${detail}`, FACT_LENGTH));
  }
  for (const [name, value] of Object.entries(found.facts ?? {})) {
    const text = typeof value === "string" ? value : JSON.stringify(value);
    row(printable(name, LABEL_COLUMNS - 1), printable(text, FACT_LENGTH));
  }
}

function filesRows(
  view: ResolvedView,
  row: (label: string, value: string) => void,
  lines: string[],
  columns: number | undefined,
): void {
  if (!view.listable) {
    row("files", "not listed here: name one with --path, or behind the last /");
    return;
  }
  const known = view.files.filter((file): file is RemoteObject => "path" in file);
  const sizes = known.map(({ size }) => size);
  const total = sizes.every((size) => size !== undefined)
    ? sizes.reduce((sum, size) => sum + (size ?? 0), 0)
    : undefined;
  const count = view.more ? `the first ${view.files.length}` : plural(known.length, "file");
  row("files", `${count}${view.more || total === undefined || known.length === 0 ? "" : `, ${bytesText(total)}`}`);
  const widest = Math.max(0, ...known.map(({ path }) => textWidth(printable(path))));
  const pathColumns = Math.min(PATH_COLUMNS_MAX, widest);
  for (const file of view.files) {
    if (!("path" in file)) {
      lines.push(cutTo(`    (${file.reason}) ${printable(file.message, FACT_LENGTH)}`, columns));
      continue;
    }
    const path = printable(file.path);
    const pad = " ".repeat(Math.max(0, pathColumns - textWidth(path)));
    const size = file.size === undefined ? "" : bytesText(file.size);
    const said = file.refusal === undefined ? digestWord(file) : `refused: ${file.refusal.reason}`;
    lines.push(cutTo(`    ${path}${pad}  ${size.padStart(SIZE_COLUMNS)}  ${said}`.trimEnd(), columns));
  }
  if (view.more) lines.push("    ... and more; --limit says how many are asked for");
}

function cutTo(line: string, columns: number | undefined): string {
  return columns === undefined ? line : cut(line, columns);
}

/** The strongest digest that the host tells. */
function digestWord({ digest }: RemoteObject): string {
  const algorithm = digestAlgorithms.find((one) => digest?.[one] !== undefined);
  if (algorithm === undefined) return "";
  const value = digest?.[algorithm] ?? "";
  return value.startsWith("swh:") ? value : `${algorithm}:${value}`;
}
