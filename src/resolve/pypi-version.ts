/** Versions of Python packages (the version specifiers' specification, once PEP 440). */

/** A version taken apart; numbers as text, because nothing limits them. */
interface PythonVersion {
  readonly epoch: string;
  /** Without zeros at the end. */
  readonly release: readonly string[];
  readonly pre?: readonly [phase: "a" | "b" | "rc", number: string];
  readonly post?: string;
  readonly dev?: string;
  readonly local: readonly string[];
}

/** No version is longer. UTF-16 units. */
const versionMaxLength = 200;

const grammar = new RegExp(
  [
    "^v?(?:(?<epoch>\\d+)!)?(?<release>\\d+(?:\\.\\d+)*)",
    "(?:[-_.]?(?<phase>alpha|beta|preview|pre|rc|a|b|c)[-_.]?(?<pre>\\d*))?",
    "(?:-(?<implicit>\\d+)|[-_.]?(?<posted>post|rev|r)[-_.]?(?<post>\\d*))?",
    "(?:[-_.]?(?<developed>dev)[-_.]?(?<dev>\\d*))?",
    "(?:\\+(?<local>[a-z0-9]+(?:[-_.][a-z0-9]+)*))?$",
  ].join(""),
);
const phases = { a: "a", alpha: "a", b: "b", beta: "b", c: "rc", rc: "rc", pre: "rc", preview: "rc" } as const;

function readVersion(text: string): PythonVersion | undefined {
  if (text.length > versionMaxLength) return undefined;
  const groups = grammar.exec(text.trim().toLowerCase())?.groups;
  const { epoch, release, phase, pre, implicit, posted, post, developed, dev, local } = groups ?? {};
  if (release === undefined) return undefined;
  const numbers = release.split(".").map(plain);
  const last = numbers.findLastIndex((number) => number !== "0");
  const known = Object.entries(phases).find(([name]) => name === phase)?.[1];
  return {
    epoch: plain(epoch ?? "0"),
    release: numbers.slice(0, Math.max(last + 1, 1)),
    ...(known === undefined ? {} : { pre: [known, plain(pre ?? "0")] }),
    ...(posted === undefined && implicit === undefined ? {} : { post: plain(implicit ?? post ?? "0") }),
    ...(developed === undefined ? {} : { dev: plain(dev ?? "0") }),
    local: local === undefined ? [] : local.split(/[-_.]/).map((part) => (/^\d+$/.test(part) ? plain(part) : part)),
  };
}

function plain(number: string): string {
  return number.replace(/^0+(?=\d)/, "") || "0";
}

/** One spelling for all spellings of a version; text that is no version stands for itself. */
export function canonicalVersion(text: string): string {
  const version = readVersion(text);
  if (version === undefined) return text;
  const { epoch, release, pre, post, dev, local } = version;
  return [
    epoch === "0" ? "" : `${epoch}!`,
    release.join("."),
    pre?.join("") ?? "",
    post === undefined ? "" : `.post${post}`,
    dev === undefined ? "" : `.dev${dev}`,
    local.length === 0 ? "" : `+${local.join(".")}`,
  ].join("");
}

/** True for a version that is not yet meant for everybody. What is no version at all counts as one. */
export function isPreRelease(text: string): boolean {
  const version = readVersion(text);
  return version === undefined || version.pre !== undefined || version.dev !== undefined;
}

/** Orders versions from old to new; what is no version stands before all others. */
export function compareVersions(left: string, right: string): number {
  const [a, b] = [readVersion(left), readVersion(right)];
  if (a === undefined || b === undefined) {
    return a === undefined && b === undefined ? compareText(left, right) : a === undefined ? -1 : 1;
  }
  return (
    compareNumbers(a.epoch, b.epoch) ||
    compareLists(a.release, b.release) ||
    preRank(a) - preRank(b) ||
    compareNumbers(a.pre?.[1] ?? "0", b.pre?.[1] ?? "0") ||
    compareNumbers(a.post ?? "-1", b.post ?? "-1") ||
    Number(a.dev === undefined) - Number(b.dev === undefined) ||
    compareNumbers(a.dev ?? "0", b.dev ?? "0") ||
    compareLocals(a.local, b.local)
  );
}

/** A development release without anything else comes before the first alpha. */
function preRank({ pre, post, dev }: PythonVersion): number {
  if (pre !== undefined) return { a: 1, b: 2, rc: 3 }[pre[0]];
  return post === undefined && dev !== undefined ? 0 : 4;
}

function compareNumbers(a: string, b: string): number {
  if (a.startsWith("-") || b.startsWith("-")) return Number(b.startsWith("-")) - Number(a.startsWith("-"));
  return a.length - b.length || compareText(a, b);
}

function compareText(a: string, b: string): number {
  return a === b ? 0 : a < b ? -1 : 1;
}

function compareLists(a: readonly string[], b: readonly string[]): number {
  for (let index = 0; index < Math.max(a.length, b.length); index += 1) {
    const order = compareNumbers(a[index] ?? "0", b[index] ?? "0");
    if (order !== 0) return order;
  }
  return 0;
}

/** Numbers are newer than words, and more parts are newer than fewer. */
function compareLocals(a: readonly string[], b: readonly string[]): number {
  for (const [index, part] of a.entries()) {
    const other = b[index];
    if (other === undefined) return 1;
    const [isNumber, otherIsNumber] = [/^\d+$/.test(part), /^\d+$/.test(other)];
    const order =
      isNumber === otherIsNumber
        ? isNumber
          ? compareNumbers(part, other)
          : compareText(part, other)
        : isNumber
          ? 1
          : -1;
    if (order !== 0) return order;
  }
  return a.length - b.length;
}
