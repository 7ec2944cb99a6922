/** What one piece is worth to a requirement: its outcome, its licence, its form. The worst of them counts. */
import { compareLicenses } from "../model/license.ts";
import { type Holding, holdings } from "../model/openness.ts";
import { printable } from "../model/printable.ts";
import type { FileReport, PieceReport } from "../model/report.ts";
import type { Component } from "./definition.ts";
import { judgeExpression, type LicenseRule, licenseRules } from "./license-rule.ts";

/** How far something holds, and what says so. */
export interface Standing {
  readonly holds: Holding;
  readonly facts: readonly Fact[];
}

/** A fact about a piece, or about the release where no piece is named. */
export interface Fact {
  readonly piece?: string;
  readonly says: string;
}

/** Licences and reasons longer than this are cut. */
const FOREIGN_MAX = 200;

/** The worst of several, which must all hold. */
export function worstHolding(all: readonly Holding[]): Holding {
  return holdings[Math.max(0, ...all.map((one) => holdings.indexOf(one)))] ?? "verified";
}

/** The best of several, of which one is enough; `no` where there is none. */
export function bestHolding(all: readonly Holding[]): Holding {
  return holdings[Math.min(...all.map((one) => holdings.indexOf(one)), holdings.length - 1)] ?? "no";
}

/** Foreign text in a fact: between backticks, with none of its own. */
export function quoted(foreign: string): string {
  return `\`${printable(foreign, FOREIGN_MAX).replaceAll("`", "'")}\``;
}

/** The pieces that facts speak of, each once. */
export function piecesOf(facts: readonly Fact[]): readonly string[] {
  return [...new Set(facts.flatMap(({ piece }) => piece ?? []))];
}

/** A fact as a sentence. */
export function factText({ piece, says }: Fact): string {
  return piece === undefined ? says : `${quoted(piece)} ${says}`;
}

/** What a piece is worth to a component. */
export function standingOf(piece: PieceReport, component: Component): Standing {
  const parts = [
    presence(piece, component),
    ...(component.license === undefined ? [] : [underLicense(piece, component.license)]),
    ...(component.format === undefined ? [] : [inFormat(piece, component.format)]),
    ...(component.text === true ? [withText(piece)] : []),
    ...(component.itself === true && piece.records !== undefined ? [listed] : []),
  ];
  const holds = worstHolding(parts.map((part) => part.holds));
  // What is wrong is told alone; where all is well, everything is told.
  const deciding = holds === "verified" || holds === "declared" ? parts : parts.filter((part) => part.holds === holds);
  return { holds, facts: [{ piece: piece.id, says: deciding.map(({ says }) => says).join(", ") }] };
}

interface Part {
  readonly holds: Holding;
  readonly says: string;
}

const listed: Part = { holds: "no", says: "is a list of addresses, and what stands behind them can go" };

/** A component counts only where its piece resolves. Who did not answer has not said no. */
function presence(piece: PieceReport, { gate, measured }: Component): Part {
  const { outcome, availability } = piece;
  switch (outcome) {
    case "verified":
      return { holds: "verified", says: "is verified" };
    case "resolved":
      return measured === true
        ? { holds: "no", says: "is there, but not all of it was declared and measured" }
        : { holds: "declared", says: "is there, not all of it declared and measured" };
    case "gated":
      return behindGate(piece, gate);
    case "inconclusive":
      return { holds: "unknown", says: "could not be told: ask again" };
    case "broken":
      return { holds: "no", says: "is broken: absent, or not what is declared" };
    case "withheld":
      return { holds: "no", says: availability === "on-request" ? "is given on request only" : "is withheld" };
  }
}

function behindGate({ locations, location = 0 }: PieceReport, gate: Component["gate"]): Part {
  const kind = locations[location]?.gated;
  const says = `is behind a gate${kind === undefined ? "" : ` (${kind})`}`;
  if (gate === "counts" || (gate === "automatic" && kind === "auto")) return { holds: "declared", says };
  return { holds: gate === undefined ? "no" : "person", says };
}

/** The licence that rules go by: what was found word for word, else what somebody says. */
export function licenseInForce({ license }: PieceReport): {
  readonly expression?: string;
  readonly basis: "detected" | "stated" | "declared" | "published" | "none" | "unread" | "disputed";
} {
  const { declared, published, concluded, searched, sightings } = license;
  if (concluded !== "NOASSERTION") {
    // What package files and tags say is somebody's word: only a text is the licence itself.
    const isText = sightings
      .filter(({ source }) => source === "text")
      .flatMap((sighting) => [sighting, ...(sighting.parts ?? [])])
      .some(
        ({ verdict, expression }) => verdict === "exact" && expression !== undefined && concluded.includes(expression),
      );
    return { expression: concluded, basis: isText ? "detected" : "stated" };
  }
  const isSaid = declared !== undefined && declared !== "NOASSERTION";
  if (isSaid && published !== undefined && compareLicenses(declared, published) === "different")
    return { expression: declared, basis: "disputed" };
  if (isSaid) return { expression: declared, basis: "declared" };
  if (published !== undefined) return { expression: published, basis: "published" };
  return { basis: searched === "complete" ? "none" : "unread" };
}

const saidBy = {
  detected: "found word for word",
  stated: "as its own files state",
  declared: "as declared",
  published: "as its host says",
} as const;

function underLicense(piece: PieceReport, rule: LicenseRule): Part {
  const { expression, basis } = licenseInForce(piece);
  if (basis === "none") return { holds: "no", says: "has no licence, declared or found" };
  if (basis === "unread") return { holds: "unknown", says: "has no declared licence, and not all beside it was read" };
  const name = quoted(expression ?? "");
  if (basis === "disputed") {
    const says = `is ${name} by the manifest and ${quoted(piece.license.published ?? "")} by its host`;
    return { holds: "person", says };
  }
  if (expression === "NONE") return { holds: "no", says: "has no licence, as declared" };
  const said = `is under ${name} (${saidBy[basis]})`;
  const { asks } = licenseRules[rule];
  const allowed = judgeExpression(expression ?? "", rule);
  if (allowed === "yes") return { holds: basis === "detected" ? "verified" : "declared", says: said };
  if (allowed === "no") return { holds: "no", says: `${said}, which is not ${asks}` };
  return { holds: "person", says: `${said}; a person must read whether that is ${asks}` };
}

function withText({ license }: PieceReport): Part {
  const text = license.sightings.find(
    ({ source, verdict, parts = [] }) =>
      source === "text" && (verdict === "exact" || parts.some((part) => part.verdict === "exact")),
  );
  if (text !== undefined) return { holds: "verified", says: `has its licence's text beside it (${quoted(text.path)})` };
  if (license.searched === "complete") return { holds: "no", says: "has no licence's text beside it" };
  return { holds: "unknown", says: "was not searched to the end for its licence's text" };
}

/** Forms of weights by what the bytes are, and by name where nobody read them. */
const trainable: ReadonlySet<string> = new Set(["safetensors", "pickle", "zip", "npy", "hdf5"]);
const runnable: ReadonlySet<string> = new Set(["gguf", "tflite"]);
const trainableName = /\.(?:safetensors|bin|pt|pth|ckpt|npz|npy|h5|msgpack)$/i;
const runnableName = /\.(?:gguf|ggml|onnx|tflite|mlmodel)$/i;
/** A GGUF file says in its name whether its numbers are whole ones. */
const unquantised = /(?:^|[-_.])(?:bf16|fp?16|fp?32)(?:[-_.]|$)/i;

function inFormat({ files }: PieceReport, wanted: "loadable" | "trainable"): Part {
  const there = files.filter(({ presence }) => presence === "present" || presence === "container");
  const forms = there.map(formOf);
  const best = forms.find(({ form }) => form === "trainable") ?? forms.find(({ form }) => form === "runnable");
  if (best === undefined) {
    return there.length === 0
      ? { holds: "unknown", says: "has no file that was listed" }
      : { holds: "person", says: "has no file in a form that is known here" };
  }
  const says = `holds ${quoted(best.path)} (${best.name}${best.by === "bytes" ? "" : ", by its name"})`;
  if (wanted === "trainable" && best.form === "runnable")
    return { holds: "no", says: `${says}, a form to run and not to train` };
  return { holds: best.by === "bytes" ? "verified" : "declared", says };
}

function formOf({ path, format = "" }: FileReport): {
  readonly form?: "trainable" | "runnable";
  readonly by: "bytes" | "name";
  readonly name: string;
  readonly path: string;
} {
  const [name, by] = format === "" ? ([/[^.]*$/.exec(path)?.[0] ?? "", "name"] as const) : ([format, "bytes"] as const);
  const isGguf = format === "gguf" || (format === "" && /\.gguf$/i.test(path));
  if (isGguf) return { form: unquantised.test(path) ? "trainable" : "runnable", by, name: "gguf", path };
  if (trainable.has(format) || (format === "" && trainableName.test(path)))
    return { form: "trainable", by, name, path };
  if (runnable.has(format) || runnableName.test(path)) return { form: "runnable", by, name, path };
  return { by, name, path };
}
