/** Which releases are watched, and by which names their histories go. */
import { createHash } from "node:crypto";
import { readFile, stat } from "node:fs/promises";
import { basename, dirname, resolve } from "node:path";
import { WholesourceError } from "../model/error.ts";
import { manifestNames } from "./source.ts";

/** Bytes of a list. */
const LIST_MAX = 4 * 1024 * 1024;
/** Characters of a slug that are for people; the rest tells two releases of one name apart. */
const SLUG_NAME = 60;

/** A release that is watched. */
export interface WatchTarget {
  /** A path or a URL, as `openManifest` takes it. */
  readonly manifest: string;
  /** The beginning of the names of its files in the history. */
  readonly slug: string;
}

const isUrl = (text: string): boolean => /^https?:\/\//i.test(text);

/** The releases of a command line, and of a list: one a line, relative to the list's own folder. Throws `usage`. */
export async function watchTargets(
  names: readonly string[],
  list: string | undefined,
  cwd: string,
): Promise<readonly WatchTarget[]> {
  const listed = list === undefined ? [] : await readList(resolve(cwd, list), list);
  const targets = new Map<string, WatchTarget>();
  for (const manifest of [...names, ...listed]) {
    if (manifest === "-") {
      throw new WholesourceError("usage", "standard input can not be watched", { hint: "name a file or a URL" });
    }
    const slug = slugOf(manifest, cwd);
    if (!targets.has(slug)) targets.set(slug, { manifest, slug });
  }
  return [...targets.values()];
}

async function readList(path: string, shown: string): Promise<readonly string[]> {
  const text = await readWhole(path).catch((cause: unknown) => {
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw new WholesourceError("input-unreadable", `the list \`${shown}\` can not be read: ${reason}`, {
      hint: "name a file with one manifest a line",
      subject: shown,
      cause,
    });
  });
  return text
    .split(/\r?\n/)
    .map((line) => line.trim())
    .filter((line) => line !== "" && !line.startsWith("#"))
    .map((line) => (isUrl(line) ? line : resolve(dirname(path), line)));
}

async function readWhole(path: string): Promise<string> {
  const { size } = await stat(path);
  if (size > LIST_MAX) throw new Error(`it has more than ${LIST_MAX} bytes`);
  return readFile(path, "utf8");
}

/** The same for every way to write the same path, whether the manifest is there or not; no secret of a URL is in it. */
export function slugOf(manifest: string, cwd: string): string {
  const identity = isUrl(manifest) ? manifest : manifestPath(resolve(cwd, manifest));
  const address = isUrl(manifest) ? hostAndPath(manifest) : identity;
  const words = address.split(/[\\/]/).filter((word) => !manifestNames.some((name) => name === word));
  const name = words
    .slice(-3)
    .join("-")
    .replaceAll(/[^A-Za-z0-9._-]+/g, "-")
    .replaceAll(/^[.-]+|[.-]+$/g, "")
    .slice(-SLUG_NAME)
    .replaceAll(/^[.-]+/g, "");
  const digest = createHash("sha256").update(identity).digest("hex").slice(0, 12);
  return `${name === "" ? "release" : name}-${digest}`;
}

function hostAndPath(url: string): string {
  if (!URL.canParse(url)) return "";
  const { hostname, pathname } = new URL(url);
  return hostname + pathname;
}

/** A folder and the manifest in it are one release. */
function manifestPath(path: string): string {
  return manifestNames.some((name) => basename(path) === name) ? dirname(path) : path;
}
