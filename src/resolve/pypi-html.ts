/** The HTML form of the simple API: one link for each file, what is known of it in attributes. */
import { type IndexFile, indexDigest, isFileName, linkOf } from "./pypi-files.ts";

/** A tag with more attributes than this is no link of an index. */
const attributesMax = 32;

/** Reads the links of a project's page in one pass. `skipped` counts those that name no file that could be asked for. */
export function readIndexPage(
  html: string,
  pageUrl: string,
): { readonly files: readonly IndexFile[]; readonly skipped: number; readonly version?: string } {
  const files: IndexFile[] = [];
  let [base, skipped, version] = [pageUrl, 0, undefined as string | undefined];
  for (const { name, attributes } of tagsOf(html)) {
    if (name === "base") base = linkOf(attributes.get("href") ?? "", pageUrl)?.url ?? base;
    if (name === "meta" && attributes.get("name") === "pypi:repository-version") version = attributes.get("content");
    if (name !== "a") continue;
    const file = toFile(attributes, base);
    if (file === undefined) skipped += 1;
    else files.push(file);
  }
  return { files, skipped, ...(version === undefined ? {} : { version }) };
}

function toFile(attributes: ReadonlyMap<string, string>, base: string): IndexFile | undefined {
  const href = attributes.get("href");
  const link = href === undefined ? undefined : linkOf(href, base);
  if (link === undefined) return undefined;
  const name = lastSegment(link.url);
  if (name === undefined) return undefined;
  const [algorithm = "", value = ""] = link.fragment.split("&", 1)[0]?.split("=") ?? [];
  const yanked = attributes.get("data-yanked");
  const requiresPython = attributes.get("data-requires-python");
  const metadata = attributes.get("data-core-metadata") ?? attributes.get("data-dist-info-metadata");
  const provenance = attributes.get("data-provenance");
  const metadataHash = metadata === undefined ? undefined : /^sha256=([0-9a-f]{64})$/i.exec(metadata)?.[1];
  return {
    name,
    url: link.url,
    digest: indexDigest({ [algorithm]: value }),
    ...(yanked === undefined ? {} : { yanked }),
    ...(requiresPython === undefined ? {} : { requiresPython }),
    ...(provenance === undefined ? {} : { provenance }),
    ...(metadata === undefined || metadata === "false"
      ? {}
      : { metadata: metadataHash === undefined ? {} : { sha256: metadataHash.toLowerCase() } }),
  };
}

/** The name is the path's end; a page's words between the tags may be anything. */
function lastSegment(url: string): string | undefined {
  try {
    const name = decodeURIComponent(new URL(url).pathname.split("/").at(-1) ?? "");
    return isFileName(name) ? name : undefined;
  } catch {
    return undefined;
  }
}

interface Tag {
  readonly name: string;
  readonly attributes: ReadonlyMap<string, string>;
}

/** The opening tags that matter, from the first to the last; comments hold none. */
function* tagsOf(html: string): Generator<Tag, void, undefined> {
  for (let at = html.indexOf("<"); at !== -1; at = html.indexOf("<", at)) {
    if (html.startsWith("<!--", at)) {
      const end = html.indexOf("-->", at + 4);
      if (end === -1) return;
      at = end + 3;
      continue;
    }
    const name = /^<(a|base|meta)(?=[\s/>])/i.exec(html.slice(at, at + 6))?.[1];
    at += 1;
    if (name === undefined) continue;
    const attributes = new Map<string, string>();
    at = readAttributes(html, at + name.length, attributes);
    yield { name: name.toLowerCase(), attributes };
  }
}

/** Reads up to the tag's end and tells where that is. */
function readAttributes(html: string, from: number, attributes: Map<string, string>): number {
  const pattern = /[\s/]*(?:(>)|([^\s/>=]+)(?:\s*=\s*(?:"([^"]*)"|'([^']*)'|([^\s>"']+)))?)/y;
  pattern.lastIndex = from;
  let at = from;
  for (let count = 0; count < attributesMax; count += 1) {
    const match = pattern.exec(html);
    if (match === null) return at;
    at = pattern.lastIndex;
    if (match[1] !== undefined) return at;
    const key = (match[2] ?? "").toLowerCase();
    if (!attributes.has(key)) attributes.set(key, unescaped(match[3] ?? match[4] ?? match[5] ?? ""));
  }
  return at;
}

const entities: ReadonlyMap<string, string> = new Map([
  ["amp", "&"],
  ["lt", "<"],
  ["gt", ">"],
  ["quot", '"'],
  ["apos", "'"],
]);

function unescaped(text: string): string {
  return text.replace(/&(?:#(\d{1,7})|#x([0-9a-f]{1,6})|([a-z]{2,4}));/gi, (whole, decimal, hex, name) => {
    if (name !== undefined) return entities.get(String(name).toLowerCase()) ?? whole;
    const code = Number.parseInt(String(decimal ?? hex), decimal === undefined ? 16 : 10);
    return code > 0 && code <= 0x10ffff ? String.fromCodePoint(code) : whole;
  });
}
