/** Identifiers of a crate's entities: URI references, percent-encoded where RFC 3986 and RFC 3987 ask for it. */
import { pathFault } from "../model/path.ts";

/**
 * What a path segment of an IRI holds as itself. The ranges are those of RFC 3987 and not Unicode's categories, which
 * grow: the same name must give the same bytes for ever. Invisible and bidirectional marks are left out.
 */
const notAsItself =
  /[^A-Za-z0-9\-._~!$&'()*+,;=:@/\u00a1-\u00ac\u00ae-\u061b\u061d-\u115e\u1161-\u167f\u1681-\u17b3\u17b6-\u180a\u1810-\u1fff\u2010-\u2027\u2030-\u205e\u2070-\u2fff\u3001-\u3163\u3165-\ud7ff\uf900-\ufdcf\ufdf0-\ufefe\uff00-\uff9f\uffa1-\uffef\u{10000}-\u{1fffd}\u{20000}-\u{2fffd}\u{30000}-\u{3fffd}]/gu;
/** What an absolute URI holds besides: its own delimiters, and escapes that are already there. */
const notInUri =
  /%(?![0-9A-Fa-f]{2})|[^A-Za-z0-9\-._~!$&'()*+,;=:@/?#[\]%\u00a1-\ud7ff\uf900-\ufdcf\ufdf0-\ufefe\u{10000}-\u{1fffd}]/gu;

/** More than one letter before the colon, so that no drive of Windows is taken for a scheme. */
const absolute = /^[A-Za-z][A-Za-z0-9+.-]+:/;

/** The relative URI reference of a sound path. A colon in its first part would read as a scheme. */
export function idOfPath(path: string): string {
  const id = path.replaceAll(notAsItself, encode);
  const slash = id.indexOf("/");
  const first = slash < 0 ? id : id.slice(0, slash);
  return first.includes(":") ? first.replaceAll(":", "%3A") + id.slice(first.length) : id;
}

/** A fragment of the crate's own, for what is described and is no data: `#license/MIT`. */
export const idOfThing = (kind: string, name: string): string => `#${kind}/${name.replaceAll(notAsItself, encode)}`;

/** The URL as a valid identifier without a fragment, or undefined when it names nothing on the web. */
export function idOfUrl(url: string): string | undefined {
  if (!absolute.test(url) || /^file:/i.test(url) || !URL.canParse(url)) return undefined;
  const hash = url.indexOf("#");
  return (hash < 0 ? url : url.slice(0, hash)).replaceAll(notInUri, encode);
}

function encode(character: string): string {
  return [...Buffer.from(character)].map((byte) => `%${byte.toString(16).toUpperCase().padStart(2, "0")}`).join("");
}

/** What the identifier of a data entity leads to. */
export type CrateTarget =
  /** Described, and not meant to be found by its identifier: `#...` or a blank node. */
  | { readonly kind: "thing" }
  | { readonly kind: "remote" }
  | { readonly kind: "unsafe"; readonly fault: string }
  /** Inside the crate; empty for the crate itself. `unwise` says what is wrong with how it is written. */
  | { readonly kind: "path"; readonly path: string; readonly unwise?: string };

/** Reads an identifier that somebody else wrote. Nothing that it yields as a path leaves the crate by its words. */
export function targetOf(id: string): CrateTarget {
  if (id.startsWith("#") || id.startsWith("_:")) return { kind: "thing" };
  if (/^file:/i.test(id)) return unsafe("it names a file of one machine");
  if (absolute.test(id)) return { kind: "remote" };
  if (id.startsWith("//")) return unsafe("it names a host without a scheme");
  let unwise: string | undefined;
  const parts: string[] = [];
  const written = id.replace(/^(?:\.\/)+/, "").replace(/\/$/, "");
  if (written === "" || written === ".") return id === "" ? unsafe("it is empty") : { kind: "path", path: "" };
  for (const part of written.split("/")) {
    const decoded = decode(part);
    if (decoded === undefined) unwise = "a `%` in it is not written `%25`";
    else if (decoded !== part && /[/\\\0]|^\.{1,2}$/.test(decoded)) {
      return unsafe("an escape in it stands for more than a part of a name");
    }
    parts.push(decoded ?? part);
  }
  if (/[ ?#"<>\\^`{|}]/.test(id)) unwise ??= "a character in it is not percent-encoded";
  const path = parts.join("/");
  const fault = pathFault(path);
  if (fault !== undefined) return unsafe(fault);
  return unwise === undefined ? { kind: "path", path } : { kind: "path", path, unwise };
}

const unsafe = (fault: string): CrateTarget => ({ kind: "unsafe", fault });

function decode(part: string): string | undefined {
  if (!part.includes("%")) return part;
  try {
    return decodeURIComponent(part);
  } catch {
    return undefined;
  }
}
