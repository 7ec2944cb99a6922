import type { HostSign, Refusal } from "../model/evidence.ts";
import { refuse } from "../model/refusal.ts";
import { type IndexFile, readFileName } from "./pypi-files.ts";
import type { PypiRef } from "./pypi-location.ts";
import { canonicalVersion, compareVersions, isPreRelease } from "./pypi-version.ts";

/** The files of one version that are meant, in the order of their names. */
export interface Release {
  /** As the location writes it, or as the newest file does. */
  readonly version: string;
  readonly files: readonly { readonly file: IndexFile; readonly kind: "wheel" | "source" | "egg" }[];
  /** The location names no version, so the newest was taken. */
  readonly chosen: boolean;
  readonly signs: readonly HostSign[];
}

/** Signs of single files that are told; a release has rarely more files than that. */
const signsMax = 50;
/** A reason is foreign text of any length. UTF-16 units. */
const reasonMaxLength = 1000;

/** Finds the version and its files in what an index has of a project. */
export function chooseRelease(
  ref: PypiRef,
  files: readonly IndexFile[],
  versions: readonly string[],
): Release | Refusal {
  const known = files.flatMap((file) => {
    const read = readFileName(file.name, ref.name);
    return read === undefined ? [] : [{ file, ...read }];
  });
  const version = ref.version ?? newest(known);
  if (version === undefined) return refuse("not-found", `the index has no release of \`${ref.name}\``);
  const canonical = canonicalVersion(version);
  const all = known
    .filter((each) => canonicalVersion(each.version) === canonical)
    .sort((a, b) => (a.file.name < b.file.name ? -1 : a.file.name > b.file.name ? 1 : 0))
    // Of two links with one name pip takes the first as well.
    .filter(({ file }, index, sorted) => file.name !== sorted[index - 1]?.file.name);
  if (all.length === 0) {
    const isListed = versions.some((each) => canonicalVersion(each) === canonical);
    const what = isListed ? "is listed without any file" : "does not exist";
    return refuse("revision-not-found", `version \`${version}\` of \`${ref.name}\` ${what}`);
  }
  const meant = select(ref, version, all);
  if ("reason" in meant) return meant;
  return { version, files: meant, chosen: ref.version === undefined, signs: yankedSigns(version, all, meant) };
}

interface Known {
  readonly file: IndexFile;
  readonly version: string;
  readonly kind: "wheel" | "source" | "egg";
}

/** What pip would install: the newest release that is neither yanked nor a pre-release, where there is one. */
function newest(known: readonly Known[]): string | undefined {
  const offered = known.filter(({ file }) => file.yanked === undefined);
  const final = offered.filter(({ version }) => !isPreRelease(version));
  const among = final.length > 0 ? final : offered;
  return among.reduce<string | undefined>(
    (best, { version }) => (best === undefined || compareVersions(version, best) > 0 ? version : best),
    undefined,
  );
}

function select(ref: PypiRef, version: string, all: readonly Known[]): readonly Known[] | Refusal {
  if (ref.file !== undefined) {
    const file = all.filter(({ file: { name } }) => name === ref.file).slice(0, 1);
    const message = `version \`${version}\` of \`${ref.name}\` has no file \`${ref.file}\``;
    return file.length === 0 ? refuse("not-found", message) : file;
  }
  if (ref.prefix === undefined) return all;
  // A version has one source distribution and any number of builds of it.
  const sources = all.filter(({ kind }) => kind === "source");
  if (sources.length === 1) return sources;
  if (sources.length === 0 && all.length === 1) return all;
  const hint = "name the archive to unpack with `?file_name=`";
  return sources.length === 0
    ? refuse("not-found", `version \`${version}\` of \`${ref.name}\` has no source distribution: ${hint}`)
    : refuse("reply-invalid", `version \`${version}\` of \`${ref.name}\` has several source distributions: ${hint}`);
}

function yankedSigns(version: string, all: readonly Known[], meant: readonly Known[]): readonly HostSign[] {
  const reasonOf = (yanked: string | undefined) =>
    yanked === undefined || yanked === "" ? "no reason given" : yanked.slice(0, reasonMaxLength);
  const yanked = meant.filter(({ file }) => file.yanked !== undefined);
  const [first] = yanked;
  if (first === undefined) return [];
  if (all.every(({ file }) => file.yanked === first.file.yanked)) {
    return [{ code: "yanked", at: version, detail: reasonOf(first.file.yanked) }];
  }
  return yanked
    .slice(0, signsMax)
    .map(({ file }) => ({ code: "yanked", at: file.name, detail: reasonOf(file.yanked) }));
}
