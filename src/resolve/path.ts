import type { Refusal } from "../model/evidence.ts";

/** Longer paths are no file of anybody's; the limit keeps hostile ones from being worked on. UTF-16 units. */
const pathMaxLength = 4096;

/**
 * The segments of a relative `/` separated path, or undefined for one that could mean something outside its base, or
 * that no host could be asked for: `..`, absolute, empty segments, NUL, half a surrogate pair.
 */
export function pathSegments(path: string): readonly string[] | undefined {
  if (path === "" || path.length > pathMaxLength || path.includes("\0") || /\p{Surrogate}/u.test(path))
    return undefined;
  const segments = path.split("/");
  return segments.some((segment) => segment === "" || segment === "." || segment === "..") ? undefined : segments;
}

/** A location's `path` without what changes nothing: `""` for the whole, undefined for one that is not safe. */
export function selectedPath(path: string | undefined): string | undefined {
  const trimmed = (path ?? "").replace(/^\.(?:\/|$)/, "").replace(/\/$/, "");
  return trimmed === "" ? (path === "/" ? undefined : "") : pathSegments(trimmed)?.join("/");
}

/** Refuses a declared path that would not stay inside its location. */
export function pathRefused(path: string): Refusal {
  const message = `\`${path.slice(0, 200)}\` is not a path inside the location`;
  return { status: "refused", kind: "denied", reason: "outside-blocked", message };
}

/** Says that a location which is one object holds no other. */
export function notTheObject(path: string, name: string): Refusal {
  const message = `the location is the one object \`${name}\` and holds no \`${path.slice(0, 200)}\``;
  return { status: "refused", kind: "absent", reason: "not-found", message };
}

/** One object as the whole listing of its location. */
export async function* only<Value>(value: Value): AsyncGenerator<Value, void, undefined> {
  yield value;
}
