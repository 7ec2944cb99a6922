/** A manifest's text, read whole: syntax, keys, schema, entries against each other. Loaded only when there is a text. */
import { type Finding, finding } from "../model/findings.ts";
import type { Manifest as ManifestType } from "../model/manifest.ts";
import { Manifest } from "../model/manifest-schema.ts";
import { checkEntries } from "./checks.ts";
import { checkCycles } from "./cycles.ts";
import { issueFindings } from "./issues.ts";
import { MANIFEST_MAX_FINDINGS, MANIFEST_MAX_PIECES, quoted } from "./limits.ts";
import { field, list, text } from "./plain.ts";
import { type PlaceOf, partsOf, placesIn } from "./pointer.ts";
import { type Position, readSyntax } from "./syntax.ts";
import { type Plain, toPlain } from "./tree.ts";

/** The version of the format that is read. */
const SCHEMA_VERSION = "1";

/** What a text turned out to say. */
export interface TextReading {
  readonly manifest?: ManifestType;
  readonly findings: readonly Finding[];
  readonly positionOf: (pointer: string) => Position | undefined;
}

/** Reads a text as a manifest; every fault at once, in the order of the text. */
export function readManifestText(source: string): TextReading {
  const { document, findings: syntax, positionAt } = readSyntax(source);
  if (document === undefined) return { findings: sorted(syntax), positionOf: () => undefined };
  const placeOf = placesIn(document.contents);
  const positionOf = (pointer: string): Position => positionAt(placeOf(partsOf(pointer)).offset);

  const findings: Finding[] = [];
  const add = (found: Finding): void => {
    findings.push(found);
  };
  const plain = toPlain(document.contents, positionAt, add);
  const version = text(field(plain, "schemaVersion"));
  const length = list(field(plain, "pieces")).length;
  let manifest: ManifestType | undefined;
  if (version !== undefined && version !== SCHEMA_VERSION) {
    const args = { actual: quoted(version), supported: SCHEMA_VERSION };
    add(finding("manifest-version-unsupported", { pointer: "/schemaVersion", args }));
  } else if (length > MANIFEST_MAX_PIECES) {
    add(
      finding("manifest-limit", {
        pointer: "/pieces",
        args: { what: "pieces", limit: MANIFEST_MAX_PIECES, actual: length },
      }),
    );
  } else {
    const read = parse(plain);
    if (read === undefined)
      add(finding("manifest-limit", { pointer: "", args: { what: "faults", limit: MAX_ISSUES } }));
    else if (read.success) manifest = read.data;
    else for (const found of issueFindings(read.error.issues, placeOf)) add(found);
    for (const found of checkEntries(plain)) add(found);
    if (manifest !== undefined) for (const found of checkCycles(manifest.pieces)) add(found);
  }

  const usable = !findings.some(isFatal);
  const placed = findings.map((found) => withPosition(withPiece(found, plain), placeOf, positionAt));
  return {
    ...(usable && manifest !== undefined ? { manifest } : {}),
    findings: capped(sorted(placed)),
    positionOf,
  };
}

/** The schema library hands faults on as arguments of a call, and the stack has room for about so many. */
const MAX_ISSUES = 100_000;

function parse(plain: Plain): ReturnType<typeof Manifest.safeParse> | undefined {
  try {
    return Manifest.safeParse(plain);
  } catch (error) {
    if (error instanceof RangeError) return undefined;
    throw error;
  }
}

/** A digest of nothing is a false claim about one file, and the rest can still be checked. */
function isFatal({ code, severity }: Finding): boolean {
  return severity === "error" && code !== "digest-of-nothing";
}

/** The place of the value, or of the key where the key itself is at fault. */
function withPosition(found: Finding, placeOf: PlaceOf, positionAt: (offset: number) => Position): Finding {
  if (found.line !== undefined) return found;
  const { offset, keyOffset } = placeOf(partsOf(found.pointer));
  return { ...found, ...positionAt(found.code === "manifest-key-unknown" ? keyOffset : offset) };
}

/** Names the piece that a finding is about, when it has an id that names it. */
function withPiece(found: Finding, plain: Plain): Finding {
  const [top, index] = partsOf(found.pointer);
  if (top !== "pieces" || index === undefined) return found;
  const piece = text(field(list(field(plain, "pieces"))[Number(index)], "id"));
  return piece === undefined ? found : { ...found, piece: quoted(piece) };
}

function sorted(findings: readonly Finding[]): readonly Finding[] {
  return findings.toSorted(
    (first, second) => (first.line ?? 0) - (second.line ?? 0) || (first.column ?? 0) - (second.column ?? 0),
  );
}

function capped(findings: readonly Finding[]): readonly Finding[] {
  if (findings.length <= MANIFEST_MAX_FINDINGS) return findings;
  const kept = findings.slice(0, MANIFEST_MAX_FINDINGS);
  const args = { what: "findings", limit: MANIFEST_MAX_FINDINGS, actual: findings.length };
  const last = finding("manifest-limit", {
    pointer: "",
    severity: findings.some(({ severity }) => severity === "error") ? undefined : "note",
    args,
  });
  return [...kept, last];
}
