/** The files of one piece, before and after. Reports list the first files and count the rest: that is never taken for absence. */
import type { Change, Difference, Untold } from "../model/diff.ts";
import { algorithmInfo, digestAlgorithms } from "../model/digest.ts";
import type { FileReport } from "../model/report.ts";
import type { SidePiece } from "./diff-side.ts";
import { type Basis, bytesDifferences, isCompared } from "./diff-values.ts";

/** What was found, and what could not be told. */
export interface Compared {
  readonly changes: readonly Change[];
  readonly untold: readonly Untold[];
}

/** `sameDeclared`: both manifests are the same text, so what both hold `verified` is the same to the last file. */
export function diffFiles(before: SidePiece, after: SidePiece, basis: Basis, sameDeclared: boolean): Compared {
  const piece = after.id;
  const whole = { before: { digest: before.digest }, after: { digest: after.digest } };
  const onWhole = bytesDifferences(whole.before, whole.after, basis);
  const wholeSame = sameTree(before, after);
  const changes: Change[] = onWhole.length === 0 ? [] : [{ kind: "piece-bytes", piece, differences: onWhole }];
  const [first, second] = [filesByName(before, basis), filesByName(after, basis)];
  const unheld = { bytes: 0, before: 0, after: 0 };
  let listedUndeclared = 0;

  for (const [key, file] of first) {
    const other = second.get(key);
    if (other === undefined) {
      const gone = onlyOne(file, before, after, basis);
      if (gone !== undefined) changes.push(fileChange("file-removed", piece, file, [goneSide(gone, file)]));
      else if (!isCut(after)) unheld.after += 1;
      continue;
    }
    if (file.presence === "undeclared" && other.presence === "undeclared") listedUndeclared += 1;
    const presence = basis === "declared" ? "same" : presenceOf(file, other);
    if (presence === "added" || presence === "removed") {
      const differences: Difference[] = [
        { voice: "found", of: "presence", before: file.presence, after: other.presence },
      ];
      changes.push(fileChange(`file-${presence}`, piece, other, differences));
    } else if (presence === "unknown-before") unheld.before += 1;
    else if (presence === "unknown-after") unheld.after += 1;
    const differences = bytesDifferences(file, other, basis);
    if (differences.length > 0) changes.push(fileChange("file-changed", piece, other, differences));
    else if (presence === "same" && isThere(file) && !isCompared(file, other)) unheld.bytes += 1;
  }
  for (const [key, file] of second) {
    if (first.has(key)) continue;
    const come = onlyOne(file, after, before, basis);
    if (come !== undefined) changes.push(fileChange("file-added", piece, file, [comeSide(come, file)]));
    else if (!isCut(before)) unheld.before += 1;
  }

  const counts = countDifferences(before, after, basis);
  if (counts.length > 0) changes.push({ kind: "file-count", piece, differences: counts });
  const verified = before.outcome === "verified" && after.outcome === "verified";
  const provenSame = wholeSame || (sameDeclared && verified && !hasUndeclared(before) && !hasUndeclared(after));
  // The counts say what is known of what was cut; the rest is not known to be the same.
  const cut: Untold[] =
    provenSame || (basis === "declared" && sameDeclared) ? [] : cutOf(before, after).map((one) => ({ ...one, piece }));
  const silent: Untold[] = [];
  if (!wholeSame) {
    // Files that nobody declared are counted on both sides, and no report keeps their digests.
    const undeclared = basis === "seen" ? Math.min(before.counts.undeclared, after.counts.undeclared) : 0;
    const bytes = unheld.bytes + Math.max(0, undeclared - listedUndeclared);
    if (bytes > 0) silent.push({ code: "bytes-not-compared", piece, side: "both", count: bytes });
    for (const side of ["before", "after"] as const) {
      if (unheld[side] > 0) silent.push({ code: "presence-not-told", piece, side, count: unheld[side] });
    }
  }
  return { changes, untold: [...cut, ...silent] };
}

function filesByName({ files, counts }: SidePiece, basis: Basis): ReadonlyMap<string, FileReport> {
  const declares = (file: FileReport): boolean => counts.declared > 0 && isOfPiece(file);
  const compared = basis === "declared" ? files.filter(declares) : files;
  return new Map(compared.map((file) => [JSON.stringify([file.containedIn ?? "", file.path]), file]));
}

const isThere = ({ presence }: FileReport): boolean => presence !== "missing" && presence !== "unknown";

/** Whether both have a measured digest of the whole, and it is the same. */
function sameTree(before: SidePiece, after: SidePiece): boolean {
  return digestAlgorithms.some((algorithm) => {
    const measured = before.digest[algorithm]?.measured;
    return !algorithmInfo[algorithm].weak && measured !== undefined && measured === after.digest[algorithm]?.measured;
  });
}

/** Whether declared files of the piece are not listed: those that nobody declared are only counted, and named by findings. */
const isCut = (piece: SidePiece): boolean => leftOut(piece) > 0;

function leftOut({ files, filesOmitted, counts }: SidePiece): number {
  const listed = files.filter(({ presence }) => presence === "undeclared").length;
  const uncounted = Math.max(0, counts.undeclared - listed);
  return Math.max(filesOmitted - uncounted, counts.declared - files.filter(isOfPiece).length, 0);
}

const isOfPiece = ({ presence }: FileReport): boolean => presence !== "undeclared" && presence !== "container";
const hasUndeclared = ({ counts }: SidePiece): boolean => counts.undeclared > 0;

function cutOf(before: SidePiece, after: SidePiece): readonly Untold[] {
  const [first, second] = [leftOut(before), leftOut(after)];
  if (first === 0 && second === 0) return [];
  const side = first > 0 && second > 0 ? "both" : first > 0 ? "before" : "after";
  return [{ code: "files-cut", side, count: Math.max(first, second) }];
}

/** In whose voice a file that only `has` lists is there or was there and is not on the other side; undefined when that can not be told. */
function onlyOne(file: FileReport, has: SidePiece, lacks: SidePiece, basis: Basis): "declared" | "found" | undefined {
  if (isCut(lacks)) return undefined;
  const isDeclared = isOfPiece(file) && has.counts.declared > 0;
  if (isDeclared) return "declared";
  if (basis === "declared") return undefined;
  // Whoever lists a place tells of everything that is there; that must be the same kind of place.
  const [one, other] = [has.locations[has.location ?? 0], lacks.locations[lacks.location ?? 0]];
  const wasListed = other?.status === "found" && one?.resolver === other.resolver && lacks.outcome !== "inconclusive";
  return wasListed ? "found" : undefined;
}

function presenceOf(
  before: FileReport,
  after: FileReport,
): "same" | "added" | "removed" | "unknown-before" | "unknown-after" {
  if (before.presence === "unknown" && after.presence === "unknown") return "same";
  if (before.presence === "unknown") return "unknown-before";
  if (after.presence === "unknown") return "unknown-after";
  if (isThere(before) === isThere(after)) return "same";
  return isThere(after) ? "added" : "removed";
}

const goneSide = (voice: "declared" | "found", { presence }: FileReport): Difference => ({
  voice,
  of: "presence",
  before: voice === "declared" ? "declared" : presence,
});
const comeSide = (voice: "declared" | "found", { presence }: FileReport): Difference => ({
  voice,
  of: "presence",
  after: voice === "declared" ? "declared" : presence,
});

function fileChange(
  kind: "file-added" | "file-removed" | "file-changed",
  piece: string,
  { path, containedIn }: FileReport,
  differences: readonly Difference[],
): Change {
  return { kind, piece, path, ...(containedIn === undefined ? {} : { containedIn }), differences };
}

/** Counts hold for the files too that are not listed. What was not looked at has no counts. */
function countDifferences(before: SidePiece, after: SidePiece, basis: Basis): readonly Difference[] {
  const found: Difference[] = [];
  const add = (of: "declared" | "present" | "missing" | "undeclared", voice: "declared" | "found"): void => {
    const [was, is] = [before.counts[of], after.counts[of]];
    if (was !== is) found.push({ voice, of: `${of} files`, before: was, after: is });
  };
  if (before.listing === undefined && after.listing === undefined) add("declared", "declared");
  const told = (piece: SidePiece): boolean =>
    piece.outcome === "verified" || piece.outcome === "resolved" || piece.outcome === "broken";
  if (basis === "declared" || !told(before) || !told(after)) return found;
  add("present", "found");
  add("missing", "found");
  add("undeclared", "found");
  return found;
}
