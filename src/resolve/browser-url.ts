/** An address that somebody copied from a browser, taken apart. */
export interface BrowserUrl {
  /** Lower case, without `www.`. */
  readonly host: string;
  /** The parts of the path that are not empty, decoded. */
  readonly segments: readonly string[];
  readonly query: URLSearchParams;
}

/** Longer addresses are no page's. UTF-16 units. */
const urlMaxLength = 8192;

/**
 * Reads the address of a page. Undefined for what URL readers disagree about (blanks, control characters, backslashes),
 * for ports and user names, which no public host has, and for a part that decodes to more than one.
 */
export function browserUrl(uri: string): BrowserUrl | undefined {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: these are what is looked for
  if (!/^https?:\/\/[^/?#]/i.test(uri) || /[\u0000-\u0020\u007f\\]/.test(uri)) return undefined;
  if (uri.length > urlMaxLength || !URL.canParse(uri)) return undefined;
  const url = new URL(uri);
  if (url.port !== "" || url.username !== "" || url.password !== "") return undefined;
  const segments = url.pathname
    .split("/")
    .filter((segment) => segment !== "")
    .map(decoded);
  if (!segments.every((segment) => segment !== undefined)) return undefined;
  return { host: url.hostname.replace(/^www\./, ""), segments, query: url.searchParams };
}

function decoded(segment: string): string | undefined {
  try {
    const text = decodeURIComponent(segment);
    return text !== "." && text !== ".." && isPortable(text) ? text : undefined;
  } catch {
    return undefined;
  }
}

/** A DOI: the registrant's prefix and whatever they wrote behind it. */
const doiPattern = /^(10\.\d{4,9}(?:\.\d{1,9}){0,4})\/(\S{1,1000})$/;

/** The DOI that `doi:10.x/y` or an address at the DOI's own host names. Not lower-cased, though its letters have no case. */
export function doiOf(uri: string): string | undefined {
  const short = /^doi:(?:\/\/)?(.+)$/is.exec(uri)?.[1];
  if (short !== undefined) return isDoi(short) ? short : undefined;
  const url = browserUrl(uri);
  if (url === undefined || (url.host !== "doi.org" && url.host !== "dx.doi.org")) return undefined;
  const doi = url.segments.join("/").replace(/^doi:/i, "");
  return isDoi(doi) ? doi : undefined;
}

function isDoi(text: string): boolean {
  return doiPattern.test(text) && isPortable(text);
}

/** False for control characters and halves of characters, which no identifier has and no address can carry. */
export function isPortable(text: string): boolean {
  return !/[\p{Cc}\p{Surrogate}]/u.test(text);
}
