/** Which files are looked at for a licence, by their name alone. */

/**
 * `text`: the file is a licence text by its name. `package`: it has a field that names one. `card`: Markdown with front
 * matter and prose. `readme`: prose alone. `policy`: a use policy beside the licence. `notice`: notices to be passed on.
 */
export type LicenseSourceKind = "text" | "package" | "card" | "readme" | "policy" | "notice";

/** Largest file that is read for its licence, in bytes: the longest licence texts have under 100 KiB. */
export const licenseSizeLimit = 1024 * 1024;

const packageFiles: ReadonlySet<string> = new Set(["package.json", "pyproject.toml", "cargo.toml", "citation.cff"]);
/** Model and dataset cards: Markdown with front matter. */
const card = /^(?:readme|model_?card|data_?card|dataset_?card)\.(?:md|markdown)$/;
const readme = /^readme(?:\.(?:txt|rst|text))?$/;
/** USE_POLICY.md, ACCEPTABLE_USE_POLICY.txt, Prohibited-Uses.md, USE_RESTRICTIONS. */
const policy =
  /^(?:[a-z0-9.]{1,20}[-_ ])?(?:(?:acceptable|prohibited)[-_ ]?)?(?:use[-_ ]?(?:policy|restrictions?)|prohibited[-_ ]?uses?)(?:\.(?:md|markdown|txt|rst|html?))?$/;
/** NOTICE, Notice.txt, THIRD_PARTY_NOTICES.md. */
const notice = /^(?:third[-_ ]?party[-_ ]?)?notices?(?:\.(?:md|markdown|txt))?$/;
/** Words that may stand before LICENSE: MIT-LICENSE, MODEL_LICENSE. */
const stem = /^(?:[a-z0-9.]{1,20}[-_])?(?:un)?licen[cs]es?(?=$|[-_. ])|^copying(?=$|[-_. ])|^copyright$/;
const textEndings: ReadonlySet<string> = new Set([
  "txt",
  "text",
  "md",
  "markdown",
  "rst",
  "html",
  "htm",
  "adoc",
  "org",
]);
/** What may stand after a dot in place of an ending: LICENSE.MIT, COPYING.LESSER. */
const licenseEnding =
  /^(?:mit|bsd|apache|isc|mpl|epl|zlib|cc|[al]?gpl|gfdl|fdl|lesser|lib|ofl|artistic|boost)[a-z0-9.-]*$/;

/** Tells whether a file speaks about the licence, from its path. */
export function licenseSourceKind(path: string): LicenseSourceKind | undefined {
  const folders = path.toLowerCase().split("/");
  const name = folders.pop() ?? "";
  if (packageFiles.has(name)) return "package";
  if (card.test(name)) return "card";
  if (folders.at(-1) === "licenses" && name.endsWith(".txt")) return "text";
  if (readme.test(name)) return "readme";
  if (policy.test(name)) return "policy";
  if (notice.test(name)) return "notice";
  const start = stem.exec(name)?.[0];
  if (start === undefined) return undefined;
  const rest = name.slice(start.length);
  const dot = rest.lastIndexOf(".");
  if (dot < 0) return "text";
  const ending = rest.slice(dot + 1);
  // A version number is no ending: LICENSE-2.0.
  const known =
    textEndings.has(ending) || licenseEnding.test(rest.slice(rest.indexOf(".") + 1)) || /^\d+$/.test(ending);
  return known ? "text" : undefined;
}

/** True where silence could hide a licence: prose, policies and notices say nothing that a claim could rest on. */
export function mayStateLicense(path: string): boolean {
  const kind = licenseSourceKind(path);
  return kind === "text" || kind === "package" || kind === "card";
}
