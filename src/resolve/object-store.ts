/** What the object stores have in common: keys in one flat space, listed in pages by how they begin. */

import type { Exchange, Found, Refusal, RemoteObject } from "../model/evidence.ts";
import { refuse } from "../model/refusal.ts";
import { notTheObject, only, pathRefused, pathSegments } from "./path.ts";

/** One key of a listing, with the host's word on its object. */
export interface StoreEntry {
  readonly key: string;
  readonly object: Omit<RemoteObject, "path" | "url" | "listed">;
}

/** One page of a listing. */
export interface StorePage {
  readonly status: "page";
  readonly entries: readonly StoreEntry[];
  /** What to ask for the next page with; absent on the last one. */
  readonly next?: string;
  readonly exchange: Exchange;
}

/** Where an object is, and how it comes from there. */
export type StoredAt = Pick<RemoteObject, "url" | "operatorEndpoint" | "encodedAtRest">;

/** A bucket or container, as far as a listing needs it. */
export interface ObjectStore {
  /** Where the object of this key is. */
  at(key: string): StoredAt;
  page(prefix: string, next?: string): Promise<StorePage | Refusal>;
}

/** Pages of one listing, after which a host is taken to go on for ever: a hundred million objects. */
const MAX_PAGES = 100_000;
/** Longer keys exist nowhere: the three stores allow 1024 bytes or characters. */
const KEY_MAX_LENGTH = 2048;

/** A key without what no path could say; undefined for one that URLs or paths can not carry as it is. */
export function storeKey(key: string): string | undefined {
  const name = key.endsWith("/") ? key.slice(0, -1) : key;
  if (key === "") return key;
  return key.length > KEY_MAX_LENGTH || pathSegments(name) === undefined ? undefined : key;
}

/** The key that a location's `path` selects below the one that its uri names. */
export function keyBelow(key: string, selected: string): string {
  if (selected === "") return key;
  return key === "" || key.endsWith("/") ? key + selected : `${key}/${selected}`;
}

/** True for what can only be meant as a folder: the whole store, or what ends in `/`. */
export const isFolderKey = (key: string): boolean => key === "" || key.endsWith("/");

/** Keys are data: what could end a path or begin a query in them is encoded. */
export function encodeKey(key: string): string {
  return key.split("/").map(encodeURIComponent).join("/");
}

/** The percent-decoded form, or undefined for what is no text. */
export function decodePart(text: string): string | undefined {
  try {
    return decodeURIComponent(text);
  } catch {
    return undefined;
  }
}

/** A folder of keys: everything that begins with `prefix`, the first page being there already. */
export function foundFolder(store: ObjectStore, prefix: string, first: StorePage | undefined): Found {
  const objectAt: Found["objectAt"] = (path) =>
    pathSegments(path) === undefined ? pathRefused(path) : { path, ...store.at(prefix + path) };
  if (first === undefined) return { status: "found", pinned: false, objectAt };
  const objects = { [Symbol.asyncIterator]: () => walk(store, prefix, first) };
  return { status: "found", pinned: false, objects, objectAt, exchange: first.exchange };
}

/** One object, or the members of the archive that it is. */
export function foundObject(
  key: string,
  told: Omit<RemoteObject, "path">,
  members: string | undefined,
): Pick<Found, "status" | "single" | "objects" | "objectAt"> {
  const path = key.slice(key.lastIndexOf("/") + 1);
  const found = { status: "found", single: true } as const;
  if (members !== undefined) {
    const archive: RemoteObject = {
      path,
      ...told,
      members: { strip: 0, ...(members === "" ? {} : { prefix: members }) },
    };
    return { ...found, objects: { [Symbol.asyncIterator]: () => only(archive) } };
  }
  const object: RemoteObject = { path, ...told };
  const objectAt: Found["objectAt"] = (asked) => (asked === path ? object : notTheObject(asked, path));
  return { ...found, objects: { [Symbol.asyncIterator]: () => only(object) }, objectAt };
}

async function* walk(
  store: ObjectStore,
  prefix: string,
  first: StorePage,
): AsyncGenerator<RemoteObject | Refusal, void, undefined> {
  let page = first;
  for (let pages = 1; ; pages += 1) {
    for (const { key, object } of page.entries) {
      const path = key.slice(prefix.length);
      if (!key.startsWith(prefix))
        yield refuse("reply-invalid", `the host lists \`${key.slice(0, 200)}\`, which was not asked for`);
      // An empty object called like the folder only stands for it.
      else if (path === "" || (path.endsWith("/") && (object.size ?? 0) === 0)) continue;
      else if (pathSegments(path) === undefined) yield pathRefused(path);
      else yield { path, ...store.at(key), ...object, listed: true };
    }
    if (page.next === undefined) return;
    if (pages >= MAX_PAGES) return yield refuse("too-large", `the listing has more than \`${MAX_PAGES}\` pages`);
    const next = await store.page(prefix, page.next);
    if (next.status === "refused") return yield next;
    if (next.next === page.next) return yield refuse("reply-invalid", "the host's listing names the same page again");
    page = next;
  }
}

/** True when a first page says that nothing is there. */
export const isEmptyPage = (page: StorePage): boolean => page.entries.length === 0 && page.next === undefined;

/** A digest that the host writes in base64, as hex; undefined for what is none of `length` bytes. */
export function hexOfBase64(text: string | undefined, length: number): string | undefined {
  if (text === undefined || !/^[A-Za-z0-9+/]{1,200}={0,2}$/.test(text)) return undefined;
  const bytes = Buffer.from(text, "base64");
  return bytes.length === length ? bytes.toString("hex") : undefined;
}

/** Characters of a header that are shown. */
const SHOWN_MAX_LENGTH = 200;

/** The headers that a report may show, by the names that they have there. */
export function headerFacts(
  headers: { readonly [name: string]: string },
  shown: { readonly [header: string]: string },
): { readonly [name: string]: string } {
  return Object.fromEntries(
    Object.entries(shown).flatMap(([header, name]) => {
      const value = headers[header];
      return value === undefined ? [] : [[name, value.slice(0, SHOWN_MAX_LENGTH)]];
    }),
  );
}

/** Bytes, from a header or a field; undefined for what is no such number. */
export function sizeOf(text: string | undefined): number | undefined {
  return text !== undefined && /^\d{1,15}$/.test(text) ? Number(text) : undefined;
}

/** 503 is how the object stores ask for patience; their own word for it is in a text that nobody keeps while trying again. */
export function slowedDown(refusal: Refusal): Refusal {
  if (refusal.httpStatus !== 503 || refusal.reason !== "server-error") return refusal;
  return {
    ...refusal,
    reason: "rate-limited",
    message: "the host answered `503`: it is busy, or asks for fewer requests",
  };
}
