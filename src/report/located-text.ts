/** Where bytes are, as text. */
import { algorithmsOf, type DigestSet } from "../model/digest.ts";
import type { Located, LocatedFile, LocatePlace } from "../model/located.ts";
import { printable } from "../model/printable.ts";
import { countText, plural } from "../model/quantity.ts";
import type { RenderOptions } from "./reporter.ts";
import { terminal } from "./terminal.ts";

/** Files of one status that are listed; JSON has all. */
const SHOWN = 50;
const INDENT = 2;
const NAMES: { readonly [Kind in LocatePlace["kind"]]: string } = {
  store: "store",
  archive: "archive",
  "software-heritage": "Software Heritage",
};

/** Says where each file is, worst first. */
export function locatedText(located: Located, options: Pick<RenderOptions, "colour" | "columns" | "full">): string {
  const to = terminal({ ...options, manifestName: "" });
  const { summary, places } = located;
  const line = (text: string, indent: number): readonly string[] => to.block(text, indent, INDENT);
  const lines = [
    to.strong(
      `${plural(located.files.length, "file")} looked for: ${countText(summary.found)} found, ${countText(summary.nowhere)} nowhere, ${countText(summary.unknown)} could not be told`,
    ),
    ...places.flatMap(({ kind, at, fault }) => {
      const why = fault === undefined ? "" : `: could not tell of everything: ${printable(fault)}`;
      return line(`asked: ${NAMES[kind]} ${to.quote(at)}${why}`, INDENT).map(to.faint);
    }),
  ];
  for (const status of ["nowhere", "unknown", "found"] as const) {
    const of = located.files.filter((file) => file.status === status);
    for (const file of of.slice(0, SHOWN)) {
      lines.push(...line(`${status === "unknown" ? "could not be told" : status}: ${nameOf(file, to.quote)}`, 0));
      for (const text of answersOf(file, places, to.quote)) lines.push(...line(text, INDENT));
    }
    if (of.length > SHOWN) lines.push(`and ${countText(of.length - SHOWN)} more (\`--format json\` lists them)`);
  }
  for (const { piece, detail } of located.unread)
    lines.push(...line(`not looked for: ${printable(piece)}: ${printable(detail)}`, 0));
  if (located.filesUndeclared > 0)
    lines.push(`not looked for: ${plural(located.filesUndeclared, "file")} without a digest`);
  if (located.filesOmitted > 0)
    lines.push(`not looked for: ${plural(located.filesOmitted, "file")} more that are declared`);
  return lines.map((text) => `${text}\n`).join("");
}

function nameOf({ digest, piece, path }: LocatedFile, quote: (foreign: string) => string): string {
  const file = [piece, path].flatMap((part) => (part === undefined ? [] : [quote(part)])).join(" ");
  return file === "" ? digestText(digest, quote) : `${file}, ${digestText(digest, quote)}`;
}

function digestText(digest: DigestSet, quote: (foreign: string) => string): string {
  const [algorithm] = algorithmsOf(digest);
  return algorithm === undefined ? "" : `${algorithm} ${quote(digest[algorithm] ?? "")}`;
}

/** Where it is; of a file that is not known to be anywhere, what kept each place from saying so. */
function answersOf(
  { answers, status }: LocatedFile,
  places: readonly LocatePlace[],
  quote: (foreign: string) => string,
): readonly string[] {
  return answers.flatMap(({ place, status: said, at, reason }) => {
    const kind = places[place]?.kind;
    const name = kind === undefined ? "" : NAMES[kind];
    if (said === "found") return [`${name}: ${quote(at ?? "")}`];
    if (reason === undefined || (said === "unknown" && status === "found")) return [];
    return [`${name}: ${printable(reason)}`];
  });
}
