import { createHash } from "node:crypto";
import { judgePiece } from "../judge/piece.ts";
import { assembleReport } from "../judge/report.ts";
import type { Try } from "../judge/try.ts";
import type { CardSeen } from "../model/described.ts";
import { WholesourceError } from "../model/error.ts";
import type { Finding } from "../model/findings.ts";
import type { Manifest, Piece } from "../model/manifest.ts";
import { nearest } from "../model/nearest.ts";
import type { Report } from "../model/report.ts";
import { VERSION } from "../model/version.ts";
import { supportedKinds } from "../resolve/registry.ts";
import { commitsOf, type WithCommits, withArchive } from "./archived.ts";
import { createRun, type Run } from "./context.ts";
import { askForSources } from "./data-information.ts";
import type { Hooks } from "./hooks.ts";
import { type PieceOrigin, walkLineage } from "./lineage.ts";
import { openListing } from "./listing.ts";
import { type LoadedManifest, loadManifest } from "./load.ts";
import type { VerifyOptions } from "./options.ts";
import { createMeter, type ProgressMeter } from "./progress.ts";
import { hostOfPiece, sideBySide } from "./side-by-side.ts";
import type { ManifestSource } from "./source.ts";
import { tryInOrder } from "./try-in-order.ts";

/** Verifies a release for those who keep what is seen, or who have kept it. Throws WholesourceError as `verify` does. */
export async function verifyRelease(source: ManifestSource, options: VerifyOptions, hooks: Hooks): Promise<Report> {
  const now = options.now ?? (() => new Date());
  const started = now();
  const loaded = await loadManifest(source);
  const pieces = selected(loaded.manifest, options.pieces);
  const meter = createMeter(options.events ?? {}, totals(pieces.map(({ piece }) => piece)));
  const run = createRun(source, options, hooks);
  try {
    const judged = await sideBySide(
      pieces,
      ({ piece }) => hostOfPiece(piece),
      ({ piece, index }) => verifyPiece(piece, index, run, loaded, meter),
    );
    const { archived = false, saveCodeNow = false } = options;
    const told =
      archived || saveCodeNow
        ? await withArchive(judged, run.resolveContext, saveCodeNow, (found) => placed(found, loaded))
        : judged;
    const lineage = await walkLineage(
      loaded.manifest,
      judged.flatMap(({ origin }) => origin ?? []),
      run,
    );
    const described = judged.map(({ report, cards }) => ({ piece: report.id, cards }));
    const sources = await askForSources(
      judged.map(({ report }) => report),
      described,
      run,
    );
    const ended = now();
    return assembleReport(
      {
        manifest: loaded.manifest,
        source: { uri: source.uri, digest: { sha256: createHash("sha256").update(source.bytes).digest("hex") } },
        version: VERSION,
        depth: run.verificationDepth,
        partial: options.signal?.aborted ?? false,
        timeVerified: started.toISOString(),
        durationSeconds: Math.max(0, ended.getTime() - started.getTime()) / 1000,
        policy: options.policy ?? { failOn: "error" },
        findings: loaded.findings,
        place: (found) => placed(found, loaded),
        lineage,
        described,
        sources,
      },
      told,
    );
  } finally {
    await run.close();
  }
}

async function verifyPiece(
  declared: Piece,
  index: number,
  run: Run,
  loaded: LoadedManifest,
  meter: ProgressMeter,
): Promise<WithCommits & { readonly origin: PieceOrigin | undefined; readonly cards: readonly CardSeen[] }> {
  const pointer = `/pieces/${index}`;
  meter.started(declared.id);
  if (declared.listing !== undefined) run.looker().expectMuch();
  const listing =
    declared.listing === undefined ? undefined : await openListing(declared, pointer, declared.listing, run);
  const context = { supported: supportedKinds(), depth: run.depth };
  const { piece, tries, listsOf } = await tryInOrder(declared, pointer, listing, run, meter, context);
  await listing?.close();
  // Readers of lists of addresses are loaded by the runs that have one.
  const records =
    piece.records === undefined
      ? undefined
      : await (await import("./records.ts")).lookAtPieceRecords(piece, tries, listsOf, run, meter);
  const judged = judgePiece(piece, pointer, tries, context, listing?.judgement(), {
    look: records,
    depth: run.verificationDepth,
  });
  run.hooks.keeping?.judged(
    piece,
    judged.report.location,
    tries.map(({ index }) => index),
  );
  meter.ended(piece.id, judged.report.outcome);
  const findings = judged.findings.map((found) => placed(found, loaded));
  const origin = originOf(piece, pointer, tries, judged.report.location);
  return { ...judged, findings, commits: await commitsOf(piece, pointer, tries), origin, cards: origin?.cards ?? [] };
}

/** What the host says of the location that the piece rests on. */
function originOf(
  piece: Piece,
  pointer: string,
  tries: readonly Try[],
  location: number | undefined,
): PieceOrigin | undefined {
  const { resolver, resolution, files } = tries.find(({ index }) => index === location) ?? {};
  if (resolver === undefined || resolution === undefined) return undefined;
  const cards = files?.cards ?? [];
  return { piece, pointer: `${pointer}/locations/${location ?? 0}`, resolver, resolution, cards };
}

/** A finding with where its entry stands in the manifest's text. */
function placed(found: Finding, { positionOf }: LoadedManifest): Finding {
  const position = found.line === undefined ? positionOf(found.pointer) : undefined;
  return position === undefined ? found : { ...found, ...position };
}

function selected(manifest: Manifest, ids: readonly string[] | undefined): { piece: Piece; index: number }[] {
  const all = manifest.pieces.map((piece, index) => ({ piece, index }));
  if (ids === undefined || ids.length === 0) return all;
  const unknown = ids.filter((id) => !all.some(({ piece }) => piece.id === id));
  if (unknown.length > 0) {
    const known = all.map(({ piece }) => piece.id);
    const [first = ""] = unknown;
    const meant = nearest(first, known);
    throw new WholesourceError("usage", `the manifest has no piece \`${unknown.join("`, `")}\``, {
      hint: `${meant === undefined ? "" : `did you mean \`${meant}\`? `}the pieces are: ${known.join(", ")}`,
    });
  }
  return all.filter(({ piece }) => ids.includes(piece.id));
}

/** What the manifest itself tells of how much there is to read; unknown as soon as one piece does not say. */
function totals(pieces: readonly Piece[]): { filesTotal?: number; bytesTotal?: number } {
  const isKnown = ({ listing, files, records }: Piece): boolean =>
    listing === undefined && records === undefined && files !== undefined;
  if (!pieces.every(isKnown)) return {};
  const files = pieces.flatMap((piece) => piece.files ?? []);
  const sizes = files.map(({ size }) => size);
  const known = sizes.flatMap((size) => (size === undefined ? [] : [size]));
  return {
    filesTotal: files.length,
    ...(known.length === sizes.length ? { bytesTotal: known.reduce((sum, size) => sum + size, 0) } : {}),
  };
}
