import type { Found, RemoteObject } from "../../model/evidence.ts";
import { notTheObject, only, pathRefused, pathSegments, selectedPath } from "../path.ts";
import { defineResolver, type Resolution } from "../resolver.ts";

type Ref =
  /** A base below which declared paths are asked for one by one; ends in `/`. */
  | { readonly kind: "folder"; readonly url: string }
  /** One object; `prefix` is set when it is an archive whose members are meant. */
  | { readonly kind: "object"; readonly url: string; readonly prefix?: string };

/**
 * Any web server. A URL names whatever its host serves today, so it is never a pin. One that ends in `/` is a folder
 * that nobody can list; every other one is one object, called by the last segment of its path whatever the host's
 * headers call it.
 */
export const https = defineResolver<Ref>({
  id: "https",
  parse({ uri, path, unpack = false }) {
    const url = webAddress(uri);
    const selected = selectedPath(path);
    if (url === undefined || selected === undefined) return undefined;
    if (unpack) return { kind: "object", url: url.href, prefix: selected };
    if (url.pathname.endsWith("/") && url.search === "") {
      return { kind: "folder", url: selected === "" ? url.href : `${below(url.href, selected.split("/"))}/` };
    }
    // A path inside one object has no meaning unless that object is an archive.
    return selected === "" ? { kind: "object", url: url.href } : undefined;
  },
  isPinned: () => false,
  async resolve(ref, { http, signal }): Promise<Resolution> {
    // Servers answer for a folder as they like (an index, 403, 404), so only its files are asked for.
    if (ref.kind === "folder") return folderAt(ref.url);
    const reply = await http.probe({ url: ref.url, signal });
    // A server that adds the `/` itself says that this is a folder, whatever it then answers for its index.
    const answeredAt = reply.status === "ok" ? reply.exchange.finalUrl : reply.url;
    const isAnswer = reply.status === "ok" || reply.httpStatus === 403 || reply.httpStatus === 404;
    if (ref.prefix === undefined && isAnswer && answeredAt !== undefined && isFolderOf(answeredAt, ref.url)) {
      return folderAt(answeredAt);
    }
    if (reply.status !== "ok") return reply;
    const { exchange } = reply;
    const object: RemoteObject = {
      path: objectName(ref.url),
      url: ref.url,
      ...(exchange.contentLength === undefined ? {} : { size: exchange.contentLength }),
      ...(exchange.mediaType === undefined ? {} : { mediaType: exchange.mediaType }),
    };
    const found = { status: "found", pinned: false, single: true, exchange } as const;
    if (ref.prefix !== undefined) {
      const members = ref.prefix === "" ? { strip: 0 } : { strip: 0, prefix: ref.prefix };
      return { ...found, objects: { [Symbol.asyncIterator]: () => only({ ...object, members }) } };
    }
    const objectAt: Found["objectAt"] = (path) => (path === object.path ? object : notTheObject(path, object.path));
    return { ...found, objects: { [Symbol.asyncIterator]: () => only(object) }, objectAt };
  },
});

/** A base that nobody can list: declared paths are asked for one by one. */
function folderAt(url: string): Found {
  const objectAt: Found["objectAt"] = (path) => {
    const segments = pathSegments(path);
    return segments === undefined ? pathRefused(path) : { path, url: below(url, segments) };
  };
  return { status: "found", pinned: false, objectAt };
}

function isFolderOf(finalUrl: string, asked: string): boolean {
  const [final, from] = [new URL(finalUrl), new URL(asked)];
  return final.search === "" && final.origin === from.origin && final.pathname === `${from.pathname}/`;
}

/** Reads the uri once, refusing what URL parsers disagree about: blanks, control characters, backslashes. */
function webAddress(uri: string): URL | undefined {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: these are what is looked for
  if (!/^https?:\/\/[^/?#]/i.test(uri) || /[\u0000-\u0020\u007f\\]/.test(uri) || !URL.canParse(uri)) return undefined;
  const url = new URL(uri);
  // Never sent to a host.
  url.hash = "";
  return url;
}

/** Names are data: `?`, `#`, `%` and the like in them are encoded, so that nothing in a path can end it. */
function below(folder: string, segments: readonly string[]): string {
  return folder + segments.map(encodeURIComponent).join("/");
}

/** The last segment of the URL's path, or its host where it has none. */
function objectName(address: string): string {
  const url = new URL(address);
  const segment = url.pathname.split("/").findLast((part) => part !== "");
  if (segment === undefined) return url.hostname;
  try {
    const name = decodeURIComponent(segment);
    // An encoded `/` or `..` must not become a path.
    return pathSegments(name)?.length === 1 ? name : segment;
  } catch {
    return segment;
  }
}
