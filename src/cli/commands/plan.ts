import { middle, printable } from "../../model/printable.ts";
import { bytesText } from "../../model/quantity.ts";
import type { Plan, PlannedPiece } from "../../plan/plan.ts";
import { plan } from "../../run/lint.ts";
import { write } from "../output.ts";
import { sourceOf } from "../source.ts";

/** `wholesource plan`: what would be asked and read, without asking anybody. */
export async function planCommand(
  argument: string,
  options: { readonly format?: "text" | "json"; readonly allowPrivate?: boolean },
): Promise<number> {
  const made = await plan(await sourceOf(argument, options));
  await write(
    options.format === "json" ? `${JSON.stringify({ schemaVersion: "1", ...made }, null, 2)}\n` : planText(made),
  );
  return 0;
}

function planText(made: Plan): string {
  const lines = [`${printable(made.name)} ${printable(made.version)}   what would be looked at; nobody was asked`, ""];
  for (const piece of made.pieces) lines.push(...pieceText(piece), "");
  const total = made.complete ? bytesText(made.bytes) : `at least ${bytesText(made.bytes)}`;
  lines.push(`to read at full depth: ${total}${made.complete ? "" : " (not every size is declared)"}`, "");
  return lines.join("\n");
}

function* pieceText(piece: PlannedPiece): Generator<string> {
  const files =
    piece.listing === undefined
      ? piece.files === undefined
        ? "whatever the location has"
        : `${piece.files} file${piece.files === 1 ? "" : "s"}`
      : `files of ${printable(piece.listing)}`;
  const size = piece.bytes === 0 ? "" : `, ${bytesText(piece.bytes)}`;
  const unknown = piece.sizesUnknown === 0 ? "" : `, ${piece.sizesUnknown} without a size`;
  yield `  ${printable(piece.id)}  ${piece.kind}, ${piece.availability}: ${files}${size}${unknown}`;
  if (piece.locations.length === 0) yield "    no location";
  for (const [index, { uri, path, resolver, pinned }] of piece.locations.entries()) {
    const kind = resolver === undefined ? "not supported" : `${resolver}, ${pinned === true ? "pinned" : "not pinned"}`;
    const inside = path === undefined ? "" : ` (${printable(path)})`;
    yield `    ${index + 1}. ${middle(printable(uri), 52)}${inside}  ${kind}`;
  }
}
