/** A report as one line of a history. */
import { createHash } from "node:crypto";
import { algorithmInfo, type DigestSet, digestAlgorithms } from "../model/digest.ts";
import type { HistoryLine, HistoryPiece } from "../model/history.ts";
import type { FileReport, PieceReport, Report } from "../model/report.ts";

/** The line of a report that was written as `text`. */
export function lineOfReport(report: Report, text: string): HistoryLine {
  return {
    schemaVersion: "1",
    time: report.timeVerified,
    manifest: report.manifest.uri,
    depth: report.depth,
    report: { sha256: createHash("sha256").update(text).digest("hex") },
    pieces: report.pieces.map(pieceOf),
  };
}

function pieceOf(piece: PieceReport): HistoryPiece {
  const { id, outcome, license } = piece;
  const used = piece.locations[piece.location ?? 0];
  const digest = measuredOf(piece.digest);
  const measured = measuredFiles(piece);
  return {
    id,
    outcome,
    ...(Object.keys(digest).length === 0 ? {} : { digest }),
    ...(measured === undefined ? {} : { measured }),
    license: {
      ...(license.declared === undefined ? {} : { declared: license.declared }),
      ...(license.published === undefined ? {} : { published: license.published }),
      concluded: license.concluded,
    },
    ...(used?.uri === undefined ? {} : { location: used.uri }),
    ...(used?.revision === undefined ? {} : { revision: used.revision }),
    ...(used?.gated === undefined ? {} : { gated: used.gated }),
  };
}

function measuredOf(digest: PieceReport["digest"]): DigestSet {
  return Object.fromEntries(
    digestAlgorithms.flatMap((name) => {
      const value = digest[name]?.measured;
      return value === undefined ? [] : [[name, value]];
    }),
  );
}

/** Undefined where a file was only counted, or not read. */
function measuredFiles({ files, filesOmitted }: PieceReport): string | undefined {
  if (filesOmitted > 0 || files.length === 0) return undefined;
  const sum = createHash("sha256");
  const lines: string[] = [];
  for (const file of files) {
    const value = file.presence === "missing" ? "missing" : strongOf(file);
    if (value === undefined) return undefined;
    lines.push(JSON.stringify([file.containedIn ?? "", file.path, value]));
  }
  for (const line of lines.sort()) sum.update(`${line}\n`);
  return sum.digest("hex");
}

function strongOf({ digest }: FileReport): string | undefined {
  for (const name of digestAlgorithms) {
    const value = digest[name]?.measured;
    if (value !== undefined && !algorithmInfo[name].weak) return `${name}:${value}`;
  }
  return undefined;
}
