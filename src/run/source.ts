import { readFile, stat } from "node:fs/promises";
import { dirname, join, resolve } from "node:path";
import type { Http } from "../io/http.ts";
import { MANIFEST_MAX_BYTES } from "../manifest/limits.ts";
import { WholesourceError } from "../model/error.ts";
import type { Location, Manifest } from "../model/manifest.ts";
import { refusalHint } from "../model/refusal-hints.ts";

/** A manifest's text with where it came from. */
export interface ManifestSource {
  /** As a reader would name it: a path, a URL, `-`. */
  readonly uri: string;
  readonly bytes: Uint8Array;
  /** Where relative paths start; absent for standard input and URLs. */
  readonly folder?: string;
  /** Where relative locations start, for a manifest that came over https. */
  readonly baseUrl?: string;
}

/** The names that are looked for in a folder, in this order. */
export const manifestNames = ["wholesource.yaml", "wholesource.yml", "wholesource.json"] as const;

/**
 * Reads the manifest that an argument names: a file, a folder that has one, `-` for standard input, or an https URL.
 * Throws `manifest-unreadable`.
 */
export async function openManifest(
  argument: string,
  from: {
    readonly cwd: string;
    readonly stdin: AsyncIterable<Uint8Array>;
    readonly http: () => Promise<Http>;
    readonly signal?: AbortSignal;
  },
): Promise<ManifestSource> {
  if (argument === "-") return { uri: "-", bytes: await readCapped(from.stdin) };
  if (/^https?:\/\//i.test(argument)) return overHttp(argument, await from.http(), from.signal);
  const path = resolve(from.cwd, argument);
  const facts = await stat(path).catch((cause: unknown) => {
    throw unreadable(
      argument,
      cause,
      "name a manifest file, a folder that holds wholesource.yaml, an https URL, or `-`",
    );
  });
  if (!facts.isDirectory())
    return { uri: argument, bytes: await readLocal(path, argument, facts.size), folder: dirname(path) };
  for (const name of manifestNames) {
    const inside = join(path, name);
    const found = await stat(inside).catch(() => undefined);
    if (found?.isFile() === true) {
      return { uri: join(argument, name), bytes: await readLocal(inside, name, found.size), folder: path };
    }
  }
  throw new WholesourceError("manifest-unreadable", `no manifest in \`${argument}\``, {
    hint: `write one of ${manifestNames.join(", ")} there, or name the manifest file`,
  });
}

/** Relative locations of a manifest that came over https are meant relative to its own address. */
export function rebased(manifest: Manifest, baseUrl: string | undefined): Manifest {
  if (baseUrl === undefined) return manifest;
  const rebase = (location: Location): Location =>
    /^[a-z][a-z0-9+.-]*:/i.test(location.uri) ? location : { ...location, uri: new URL(location.uri, baseUrl).href };
  return {
    ...manifest,
    lineage: manifest.lineage.map((one) => ({
      ...one,
      base: rebase(one.base),
      ...(one.manifest === undefined ? {} : { manifest: rebase(one.manifest) }),
    })),
    pieces: manifest.pieces.map((piece) => ({
      ...piece,
      locations: piece.locations.map(rebase),
      ...(piece.listing === undefined
        ? {}
        : { listing: { ...piece.listing, uri: new URL(piece.listing.uri, baseUrl).href } }),
    })),
  };
}

async function overHttp(url: string, http: Http, signal: AbortSignal | undefined): Promise<ManifestSource> {
  const chunks: Uint8Array[] = [];
  const answer = await http.download(
    { url, maxBytes: MANIFEST_MAX_BYTES, ...(signal === undefined ? {} : { signal }) },
    {
      write: (chunk) => void chunks.push(Uint8Array.from(chunk)),
      restart: () => void chunks.splice(0),
    },
  );
  if (answer.status === "refused") {
    throw new WholesourceError("manifest-unreadable", `\`${url}\` can not be read: ${answer.message}`, {
      hint: refusalHint(answer.reason) ?? "check the address, or download the manifest and name the file",
    });
  }
  return { uri: url, bytes: Buffer.concat(chunks), baseUrl: answer.exchange.finalUrl };
}

async function readLocal(path: string, shown: string, size: number): Promise<Uint8Array> {
  if (size > MANIFEST_MAX_BYTES) throw tooLarge(shown);
  return readFile(path).catch((cause: unknown) => {
    throw unreadable(shown, cause, "check the path and its permissions");
  });
}

async function readCapped(stream: AsyncIterable<Uint8Array>): Promise<Uint8Array> {
  const chunks: Uint8Array[] = [];
  let size = 0;
  for await (const chunk of stream) {
    size += chunk.length;
    if (size > MANIFEST_MAX_BYTES) throw tooLarge("standard input");
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
}

function tooLarge(shown: string): WholesourceError {
  return new WholesourceError("manifest-unreadable", `\`${shown}\` is larger than ${MANIFEST_MAX_BYTES} bytes`, {
    hint: "move the files of large pieces into a `listing`",
  });
}

const reasons: { readonly [code: string]: string } = {
  ENOENT: "there is no such file or folder",
  ENOTDIR: "a folder on the way is a file",
  EACCES: "we may not read it",
  EPERM: "we may not read it",
  EISDIR: "it is a folder",
  ELOOP: "its links lead in a circle",
};

function unreadable(shown: string, cause: unknown, hint: string): WholesourceError {
  const code = cause instanceof Error && "code" in cause ? String(cause.code) : "unknown error";
  const reason = reasons[code] ?? `reading it failed (${code})`;
  return new WholesourceError("manifest-unreadable", `\`${shown}\` can not be read: ${reason}`, { hint, cause });
}
