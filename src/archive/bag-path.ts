/** How a bag writes the paths of its files, and which of them nobody should follow. */

const SPECIAL = /[%\n\r]/;
const NON_ASCII = /[^\0-\x7f]/;

/** A path as a line of a manifest: a line's end and the per cent sign are the only characters that are escaped. */
export function encodeBagPath(path: string): string {
  if (!SPECIAL.test(path)) return path;
  return path.replaceAll("%", "%25").replaceAll("\n", "%0A").replaceAll("\r", "%0D");
}

/** The path that a line means. An escape that is none of those three is part of the name. */
export function decodeBagPath(written: string): string {
  return written.includes("%") ? written.replaceAll(/%(?:0a|0d|25)/gi, decodeURIComponent) : written;
}

/**
 * What a path has in common with every other spelling of it: composed or decomposed, escaped, or by tools that escape
 * only in part. Two files can share it, so it finds what may belong together and decides nothing. Holds no line's end.
 */
export function bagPathKey(path: string): string {
  let key = path;
  if (SPECIAL.test(key)) {
    key = key
      .replaceAll("\n", "%0A")
      .replaceAll("\r", "%0D")
      .replaceAll(/%(?:25)+/g, "%")
      .replaceAll("%0a", "%0A")
      .replaceAll("%0d", "%0D");
  }
  return NON_ASCII.test(key) ? key.normalize("NFC") : key;
}

/** Why a path of a manifest could lead out of the bag, on this system or on another, or undefined. */
export function bagPathDanger(path: string): string | undefined {
  const first = path.charCodeAt(0);
  if (first === 0x2f || first === 0x5c) return "it is absolute";
  if (first === 0x7e) return "it begins with `~`, which can stand for a home folder";
  if (path.charCodeAt(1) === 0x3a && /^[a-z]/i.test(path)) return "it begins with a drive letter";
  if (first === 0x25 && /^%[^%/\\]+%/.test(path)) return "it begins with a variable";
  if (path.includes("\0")) return "it holds a NUL";
  if (path.includes("..") && path.split(/[/\\]/).includes("..")) return "it has a part `..`";
  return undefined;
}

/** The path without what means nothing in it: `./` and doubled slashes, as some tools write them. */
export function plainBagPath(path: string): string {
  if (!path.startsWith("./") && !path.includes("//") && !path.includes("/./")) return path;
  return path
    .split("/")
    .filter((part, index, parts) => part !== "." && (part !== "" || index === parts.length - 1))
    .join("/");
}
