import { middle, printable } from "../../model/printable.ts";
import { bytesText, plural } from "../../model/quantity.ts";
import { isReadable, type Plan, type PlannedPiece } from "../../plan/plan.ts";
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
  const lines = [`${printable(made.name)} ${printable(made.version)}: what would be asked and read; nobody was asked`];
  for (const piece of made.pieces) lines.push("", ...pieceText(piece));
  lines.push("", `to read at full depth: ${totalText(made)}`, "");
  return lines.join("\n");
}

function totalText({ pieces, bytes, complete }: Plan): string {
  if (!pieces.some(isReadable)) return "nothing";
  if (complete) return bytesText(bytes);
  return bytes === 0 ? "unknown, for no size is declared" : `${bytesText(bytes)}, and more whose size is not declared`;
}

function* pieceText(piece: PlannedPiece): Generator<string> {
  const { id, kind, availability, availabilityReason, locations } = piece;
  const isOpen = availability === "open";
  const name = `  ${printable(id)}  ${kind}`;
  if (!isOpen) yield `${name}, ${availability}: ${printable(availabilityReason ?? "no reason is given")}`;
  if (locations.length === 0) {
    if (isOpen) yield `${name}: no location, so nothing to read`;
    return;
  }
  yield isOpen ? `${name}: ${filesText(piece)}` : `    ${filesText(piece)}`;
  if (piece.records === true) yield "    and every address that they list; with --depth sample, 2000 of them";
  if (locations.length > 1) yield "    the first of these that has it:";
  for (const [index, { uri, path, resolver, pinned }] of locations.entries()) {
    const how = resolver === undefined ? "not read here" : `${resolver}, ${pinned === true ? "pinned" : "not pinned"}`;
    const inside = path === undefined ? "" : ` (${printable(path)})`;
    yield `    ${index + 1}. ${middle(printable(uri), 52)}${inside}  ${how}`;
  }
}

function filesText({ files, listing, bytes, sizesUnknown }: PlannedPiece): string {
  if (listing !== undefined) return `the files that ${printable(listing)} lists`;
  const size = bytes === 0 ? "" : `, ${bytesText(bytes)}`;
  if (files === undefined) return `whatever is there, no file is declared${size}`;
  const unknown =
    sizesUnknown === 0 ? "" : sizesUnknown === files ? ", no size declared" : `, ${sizesUnknown} without a size`;
  return `${plural(files, "file")}${size}${unknown}`;
}
