import { pathSegments } from "./path.ts";

/** The parts of an npm package URL. */
export interface NpmPurl {
  /** `name` or `@scope/name`. */
  readonly name: string;
  readonly version: string | undefined;
  readonly subpath: string | undefined;
}

/** Npm's own limit on the length of a name. */
const nameMaxLength = 214;
/** No version or tag is longer. */
const versionMaxLength = 256;

/**
 * Reads `pkg:npm/name@version` and `pkg:npm/@scope/name@version` (ECMA-427), the `@` raw or encoded. Stricter than
 * packageurl-js, which drops `..` from subpaths and lets `/` into names. Qualifiers are refused, because to ignore one
 * (a registry, a checksum) would be to check something else than was declared.
 */
export function parseNpmPurl(uri: string): NpmPurl | undefined {
  const rest = /^pkg:npm\/([^?]*)$/i.exec(uri)?.[1];
  if (rest === undefined) return undefined;
  const hash = rest.indexOf("#");
  const main = hash === -1 ? rest : rest.slice(0, hash);
  // The `@` of a raw scope stands at the start of a segment, the one before the version never does.
  const at = main.indexOf("@", main.lastIndexOf("/") + 2);
  const path = at === -1 ? main : main.slice(0, at);
  const segments = path.split("/").map(decode);
  const version = at === -1 ? undefined : decode(main.slice(at + 1));
  const subpath =
    hash === -1
      ? undefined
      : rest
          .slice(hash + 1)
          .split("/")
          .map(decode);
  if (at !== -1 && !isVersionText(version)) return undefined;
  if (subpath?.some((segment) => segment === undefined || pathSegments(segment)?.length !== 1) === true)
    return undefined;
  const scope = segments.length === 2 ? segments[0] : undefined;
  const name = segments.at(-1);
  if (segments.length > 2 || !isName(name)) return undefined;
  if (segments.length === 2 && !(scope?.startsWith("@") === true && isName(scope.slice(1)))) return undefined;
  const whole = scope === undefined ? name : `${scope}/${name}`;
  return whole.length > nameMaxLength ? undefined : { name: whole, version, subpath: subpath?.join("/") };
}

/** True for one exact version (semver.org), which a registry gives out once and for all. */
export function isExactVersion(version: string): boolean {
  const number = "(?:0|[1-9]\\d*)";
  const exact = new RegExp(`^${number}\\.${number}\\.${number}(?:-[0-9A-Za-z.-]+)?(?:\\+[0-9A-Za-z.-]+)?$`);
  return version.length <= versionMaxLength && exact.test(version);
}

/** True for what a version or a dist-tag can be called. A range is neither: it names no version. */
export function isVersionText(text: string | undefined): text is string {
  return text !== undefined && text.length <= versionMaxLength && /^[0-9A-Za-z_][0-9A-Za-z._+-]*$/.test(text);
}

/** What registries take for a name, old names with capitals and all. */
function isName(text: string | undefined): text is string {
  return text !== undefined && /^[A-Za-z0-9!'()*_~-][A-Za-z0-9!'()*_.~-]*$/.test(text);
}

function decode(text: string): string | undefined {
  try {
    return decodeURIComponent(text);
  } catch {
    return undefined;
  }
}
