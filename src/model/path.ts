/** Which paths a manifest or a listing may declare: relative, `/` separated, and safe to join to a folder. */

/** The longest path that Linux takes, in bytes of UTF-8. */
export const MAX_PATH_BYTES = 4_096;
/** The longest name that common file systems keep, in bytes of UTF-8. */
export const MAX_SEGMENT_BYTES = 255;

const SLASH = 0x2f;
const BACKSLASH = 0x5c;
const COLON = 0x3a;
const DOT = 0x2e;

/** Why a declared path is refused, or undefined when it is sound. Written for a million calls. */
export function pathFault(path: string): string | undefined {
  if (path.length === 0) return "it is empty";
  if (path.length > MAX_PATH_BYTES) return `it is longer than ${MAX_PATH_BYTES} bytes`;
  if (path.charCodeAt(0) === SLASH) return "it is absolute";
  if (path.charCodeAt(1) === COLON && /^[a-z]/i.test(path)) return "it begins with a drive letter";
  let ascii = true;
  let start = 0;
  for (let index = 0; index <= path.length; index++) {
    const unit = index === path.length ? SLASH : path.charCodeAt(index);
    if (unit === SLASH) {
      const fault = segmentFault(path, start, index);
      if (fault !== undefined) return fault;
      start = index + 1;
    } else if (unit < 0x20 || (unit >= 0x7f && unit < 0xa0)) {
      return unit === 0 ? "it holds a NUL" : "it holds a control character";
    } else if (unit === BACKSLASH) {
      return "it holds a backslash";
    } else if (unit > 0x7f) {
      ascii = false;
    }
  }
  return ascii ? undefined : wideFault(path);
}

function segmentFault(path: string, start: number, end: number): string | undefined {
  const length = end - start;
  if (length === 0) return end === path.length ? "it ends with `/`" : "it has an empty part";
  if (length === 1 && path.charCodeAt(start) === DOT) return "it has a part `.`";
  if (length === 2 && path.charCodeAt(start) === DOT && path.charCodeAt(start + 1) === DOT) return "it has a part `..`";
  return length > MAX_SEGMENT_BYTES ? segmentTooLong : undefined;
}

/** What only shows in UTF-8. */
function wideFault(path: string): string | undefined {
  if (/\p{Surrogate}/u.test(path)) return "it holds half of a character";
  if (Buffer.byteLength(path) > MAX_PATH_BYTES) return `it is longer than ${MAX_PATH_BYTES} bytes`;
  const long = path.split("/").some((segment) => Buffer.byteLength(segment) > MAX_SEGMENT_BYTES);
  return long ? segmentTooLong : undefined;
}

const segmentTooLong = `one of its parts is longer than ${MAX_SEGMENT_BYTES} bytes`;

/** Device names that Windows keeps for itself, with any extension. */
const WINDOWS_DEVICE = /^(?:con|prn|aux|nul|com[0-9]|lpt[0-9])(?:\.|$)/i;

/** Why a path can not be written on Windows, or undefined. */
export function windowsFault(path: string): string | undefined {
  for (const segment of path.split("/")) {
    if (WINDOWS_DEVICE.test(segment)) return `\`${segment}\` is the name of a device on Windows`;
    if (/[. ]$/.test(segment)) return `Windows drops the last character of \`${segment}\``;
    if (/[<>:"|?*]/.test(segment)) return `Windows can not have \`${segment}\``;
  }
  return undefined;
}
