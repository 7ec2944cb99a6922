/** The public API: everything that the command line can do. */
export { diffSides } from "./judge/diff.ts";
export { type DiffSide, sideOfManifest, sideOfReport } from "./judge/diff-side.ts";
export { exitCode } from "./judge/exit-code.ts";
export type { Change, ChangeKind, Diff, Difference, DiffHead, Untold } from "./model/diff.ts";
export type * from "./model/digest.ts";
export { WholesourceError, type WholesourceErrorCode } from "./model/error.ts";
export type * from "./model/evidence.ts";
export {
  type Finding,
  type FindingCode,
  findingCodes,
  findingHint,
  findingInfo,
  findingMessage,
  type Severity,
} from "./model/findings.ts";
export type { History, HistoryLine, HistoryPiece } from "./model/history.ts";
export type * from "./model/located.ts";
export type {
  Availability,
  FileEntry,
  Lineage,
  Listing,
  Location,
  Manifest,
  Piece,
  PieceKind,
} from "./model/manifest.ts";
export type * from "./model/openness.ts";
export type * from "./model/records.ts";
export type * from "./model/report.ts";
export { VERSION } from "./model/version.ts";
export type { Plan, PlannedLocation, PlannedPiece } from "./plan/plan.ts";
export { renderDiff } from "./report/diff-page.ts";
export { explainFinding, explainList } from "./report/explain.ts";
export {
  type HistoryCell,
  type HistoryGrid,
  historyColumns,
  historyGrid,
  historySvg,
  historyText,
} from "./report/history-grid.ts";
export { reporterById, reporters } from "./report/registry.ts";
export type { RenderOptions, Reporter } from "./report/reporter.ts";
export { type HashEntry, type HashOptions, hashPaths } from "./run/hash.ts";
export { type LicenseEntry, recogniseLicenses } from "./run/licenses.ts";
export { lint, plan } from "./run/lint.ts";
export { loadManifest } from "./run/load.ts";
export {
  digestArgument,
  type LocateOptions,
  locate,
  type Wanted,
  wantedDigests,
  wantedOfManifest,
} from "./run/locate.ts";
export { type JudgedReport, opennessOf } from "./run/openness.ts";
export type { VerifyOptions } from "./run/options.ts";
export type { Progress, ProgressEvents } from "./run/progress.ts";
export { type ResolvedLocation, type ResolveOptions, resolveLocation } from "./run/resolve-location.ts";
export { type ManifestSource, openManifest } from "./run/source.ts";
export {
  type Collected,
  type CollectOptions,
  collectStore,
  defaultStore,
  forgetRelease,
  listStore,
  type StoreListing,
} from "./run/store.ts";
export { type StoreFault, type StoreVerification, type StoreVerifyOptions, verifyStore } from "./run/store-verify.ts";
export { verify } from "./run/verify.ts";
export { every, type WatchCheck, type WatchOptions, watchOnce } from "./run/watch.ts";
export { historyFile, readHistory } from "./run/watch-history.ts";
export { type WatchTarget, watchTargets } from "./run/watch-targets.ts";
