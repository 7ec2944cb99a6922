/** Asks archives for files, by the lists that they carry: streamed, and never held. */
import { lstatSync, opendirSync, readdirSync, statSync } from "node:fs";
import { join, resolve } from "node:path";
import { setImmediate } from "node:timers/promises";
import { bagManifest } from "../archive/bag-algorithms.ts";
import { readManifestLine } from "../archive/bag-line.ts";
import { decodeBagPath } from "../archive/bag-path.ts";
import { type BagEncoding, bagEncoding, readBagText } from "../archive/bag-text.ts";
import { type OpenArchive, openArchive } from "../archive/open.ts";
import { formOf } from "../archive/open-form.ts";
import { type InsideFolder, insideFolder } from "../io/files-inside.ts";
import { createScratch } from "../io/scratch.ts";
import { WholesourceError } from "../model/error.ts";
import type { WantedFile } from "../model/located.ts";
import { countText } from "../model/quantity.ts";
import { type Answer, type Asked, unknown } from "./locate-answers.ts";

/** The digests by which a bag is asked. */
const ALGORITHMS = ["sha256", "sha512"] as const;
type Listed = (typeof ALGORITHMS)[number];
/** Archives that one folder of archives is asked about. */
const ARCHIVES_MAX = 10_000;
const PACKED = /\.(?:tar|tar\.gz|tgz|tar\.zst|tzst|zip)$/i;

/** What the archive at a path says of each file; of a folder of archives, what each of them says. */
export async function* askArchives(
  path: string,
  files: readonly WantedFile[],
  signal: AbortSignal,
): AsyncGenerator<Asked> {
  const inside = archivesIn(path);
  if (inside === undefined) {
    yield await askArchive(path, files, signal);
    return;
  }
  const { archives, more } = inside;
  for (const each of archives) yield await askArchive(each, files, signal);
  if (more || archives.length === 0) {
    yield silent(
      path,
      files,
      more ? `only ${countText(ARCHIVES_MAX)} archives are looked into` : "no archive is there",
    );
  }
}

/** The archives in a folder that is none itself; undefined for everything else. */
function archivesIn(path: string): { readonly archives: readonly string[]; readonly more: boolean } | undefined {
  try {
    if (!statSync(path).isDirectory() || formOf(path) !== undefined) return undefined;
    const archives: string[] = [];
    let more = false;
    const folder = opendirSync(path);
    try {
      for (let entry = folder.readSync(); entry !== null; entry = folder.readSync()) {
        const at = join(path, entry.name);
        const isArchive = entry.isDirectory() ? formOf(at) !== undefined : entry.isFile() && PACKED.test(entry.name);
        if (!isArchive) continue;
        more = archives.length === ARCHIVES_MAX;
        if (more) break;
        archives.push(at);
      }
    } finally {
      folder.closeSync();
    }
    return { archives: archives.sort(), more };
  } catch {
    return undefined;
  }
}

const silent = (path: string, files: readonly WantedFile[], fault: string): Asked => ({
  place: { kind: "archive", at: resolve(path), fault },
  answers: files.map(() => unknown(fault)),
});

async function askArchive(path: string, files: readonly WantedFile[], signal: AbortSignal): Promise<Asked> {
  const scratch = createScratch();
  try {
    const opened = await openArchive(path, { scratch: () => scratch.folder(), signal });
    if (opened === undefined) return silent(path, files, "it is no archive that is known here, or is not there");
    try {
      return await askOpened(path, opened, files, signal);
    } finally {
      await opened.close();
    }
  } catch (error) {
    if (!(error instanceof WholesourceError) || error.code === "interrupted" || error.code === "internal") throw error;
    return silent(path, files, error.message);
  } finally {
    await scratch.remove();
  }
}

async function askOpened(
  path: string,
  { form, folder, packed, faults }: OpenArchive,
  files: readonly WantedFile[],
  signal: AbortSignal,
): Promise<Asked> {
  const place = { kind: "archive", at: resolve(path) } as const;
  if (form === "ro-crate") return silent(path, files, "a crate without a bag has no list that is read here");
  // A folder that was unpacked is gone when anybody could look there.
  const named = (inside: string): string => (packed ? inside : join(folder, inside));
  if (form === "oci-layout") return { place, answers: files.map((file) => askBlob(folder, file, named)) };
  const damage = faults.find(({ severity }) => severity === "error");
  const { answers, fault = damage?.detail } = await askBag(folder, files, named, signal);
  if (fault === undefined) return { place, answers };
  const unsure = answers.map((one) => (one.status === "absent" ? unknown(fault) : one));
  return { place: { ...place, fault }, answers: unsure };
}

/** A layout names whole files by their digest; small ones lie together in layers. */
function askBlob(folder: string, { digest, size }: WantedFile, named: (inside: string) => string): Answer {
  if (digest.sha256 === undefined) return unknown("an OCI layout knows files by their sha256 alone");
  const inside = `blobs/sha256/${digest.sha256}`;
  const found = fileAt(join(folder, inside));
  if (found !== undefined && (size === undefined || found === size)) return { status: "found", at: named(inside) };
  return unknown("it is no blob of its own, and may lie within a layer");
}

interface BagAnswers {
  readonly answers: readonly Answer[];
  /** Why a list was not read to its end. */
  readonly fault?: string;
}

async function askBag(
  folder: string,
  files: readonly WantedFile[],
  named: (inside: string) => string,
  signal: AbortSignal,
): Promise<BagAnswers> {
  const answers: (Answer | undefined)[] = files.map(() => undefined);
  const encoding = encodingOf(folder);
  const root = insideFolder(folder);
  if ("status" in root) return { answers: files.map(() => unknown(root.message)), fault: root.message };
  const read = new Set<Listed>();
  let fault: string | undefined;
  for (const name of readdirSync(folder).sort()) {
    const manifest = bagManifest(name);
    const algorithm = ALGORITHMS.find((one) => one === manifest?.algorithm);
    if (manifest === undefined || manifest.lists !== "payload" || algorithm === undefined) continue;
    read.add(algorithm);
    const wanted = byDigest(files, algorithm);
    if (wanted.size === 0) continue;
    const lines = readBagText(join(folder, name), encoding);
    let step = lines.next();
    for (; step.done !== true; step = lines.next()) {
      for (const line of step.value) {
        const entry = readManifestLine(line, manifest);
        if (entry === undefined) continue;
        if (!("digest" in entry)) {
          if (entry.severity === "error") fault ??= `\`${name}\` has a line that can not be read: ${entry.detail}`;
          continue;
        }
        for (const index of wanted.get(entry.digest) ?? []) {
          if (answers[index]?.status === "found") continue;
          answers[index] = inBag(root, decodeBagPath(entry.written), files[index]?.size, named);
        }
      }
      await setImmediate();
      signal.throwIfAborted();
    }
    if (step.value.fault !== undefined) fault ??= `\`${name}\` can not be read to its end: ${step.value.fault}`;
  }
  if (read.size === 0) fault ??= "it has no list of sha256 or sha512";
  const lists = [...read].join(" and ");
  return {
    answers: answers.map((answer, index) => {
      if (answer !== undefined) return answer;
      const isListed = ALGORITHMS.some((one) => read.has(one) && files[index]?.digest[one] !== undefined);
      return isListed ? { status: "absent" } : unknown(fault ?? `it lists files by their ${lists} alone`);
    }),
    ...(fault === undefined ? {} : { fault }),
  };
}

function byDigest(files: readonly WantedFile[], algorithm: Listed): ReadonlyMap<string, readonly number[]> {
  const wanted = new Map<string, number[]>();
  for (const [index, { digest }] of files.entries()) {
    const value = digest[algorithm];
    if (value === undefined) continue;
    const known = wanted.get(value);
    if (known === undefined) wanted.set(value, [index]);
    else known.push(index);
  }
  return wanted;
}

/** A list names files that are left remote too: it is asked of the disk whether this one is there. */
function inBag(root: InsideFolder, path: string, size: number | undefined, named: (inside: string) => string): Answer {
  const place = root.resolve(path);
  const found = "status" in place ? undefined : fileAt(place.path);
  if (found === undefined) return { status: "absent", reason: `it is listed as \`${path}\`, and is not there` };
  if (size === undefined || found === size) return { status: "found", at: named(path) };
  return unknown(`declared are ${countText(size)} bytes, and \`${path}\` has ${countText(found)}`);
}

/** The size of a regular file. */
function fileAt(path: string): number | undefined {
  const facts = lstatSync(path, { throwIfNoEntry: false });
  return facts?.isFile() === true ? facts.size : undefined;
}

/** As the bag says that its lists are written; what it says wrongly is for whoever checks the bag. */
function encodingOf(folder: string): BagEncoding {
  const utf8 = { name: "UTF-8", label: "utf-8", isUtf8: true } as const;
  const lines = readBagText(join(folder, "bagit.txt"), utf8);
  const first = lines.next();
  if (first.done === true) return utf8;
  lines.return({ lines: 0, byteOrderMark: false, unterminated: false, fault: undefined });
  const named = first.value.find((line) => /^tag-file-character-encoding\s*:/i.test(line));
  return bagEncoding(named?.slice(named.indexOf(":") + 1).trim() ?? "UTF-8") ?? utf8;
}
