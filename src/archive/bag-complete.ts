/** Fetches what a bag's `fetch.txt` leaves to be fetched. Only when asked: addresses in a bag are a stranger's. */
import { existsSync, lstatSync, mkdirSync, renameSync, rmSync } from "node:fs";
import { join } from "node:path";
import { createDigestLane, digestLocalFile } from "../digest/local.ts";
import { insideFolder } from "../io/files-inside.ts";
import type { Http } from "../io/http.ts";
import { openFileSink } from "../io/sink-file.ts";
import type { DigestAlgorithm, DigestSet } from "../model/digest.ts";
import { WholesourceError } from "../model/error.ts";
import type { BagManifest } from "./bag-algorithms.ts";
import { DECLARATION, readDeclaration } from "./bag-declaration.ts";
import { createBagFaults } from "./bag-faults.ts";
import { type FetchLine, readManifestLine } from "./bag-line.ts";
import { FETCH, findManifests, namesIn, readFetch } from "./bag-lists.ts";
import { decodeBagPath } from "./bag-path.ts";
import { readBagText } from "./bag-text.ts";
import type { ArchiveFault } from "./contents.ts";

/** Files of one bag that are fetched: each is kept in mind. */
export const FETCH_MAX = 1_000_000;
/** Where bytes wait until they are known to be right: no name that a bag lists. */
const ASIDE = ".wholesource-fetch";

export interface CompleteOptions {
  readonly http: Http;
  readonly signal: AbortSignal;
  /** The most bytes that one file may have. */
  readonly maxBytes: number;
  readonly onBytes?: ((count: number) => void) | undefined;
}

/** What was fetched, and what could not be or was not what the manifests say. */
export interface Completed {
  readonly fetched: number;
  readonly faults: readonly ArchiveFault[];
}

/** Fetches the missing files into the bag. A file that is not the one that the manifests list is not put into it. */
export async function completeBag(folder: string, options: CompleteOptions): Promise<Completed> {
  const inside = insideFolder(folder);
  if ("status" in inside) {
    throw new WholesourceError("input-unreadable", `the bag can not be read: ${inside.message}`, { subject: folder });
  }
  const { root } = inside;
  const wanted = missingFiles(root);
  const digests = await declaredDigests(root, new Set(wanted.keys()));
  const faults: ArchiveFault[] = [];
  let fetched = 0;
  const aside = join(root, ASIDE);
  try {
    for (const [path, line] of wanted) {
      if (options.signal.aborted) break;
      if (!makeFolders(root, path)) {
        faults.push({ severity: "error", code: "path-unsafe", path, detail: "a part of its path is no folder" });
        continue;
      }
      const fault = await fetchOne(line, digests.get(path) ?? {}, aside, options);
      if (fault === undefined) {
        renameSync(aside, join(root, path));
        fetched += 1;
      } else faults.push({ severity: "error", path, ...fault });
    }
  } finally {
    rmSync(aside, { force: true });
  }
  return { fetched, faults };
}

/** Makes the folders of a path; false where one of them is a link, which would lead what comes elsewhere, or a file. */
function makeFolders(root: string, path: string): boolean {
  let at = root;
  for (const segment of path.split("/").slice(0, -1)) {
    at = join(at, segment);
    const facts = lstatSync(at, { throwIfNoEntry: false });
    if (facts === undefined) mkdirSync(at);
    else if (!facts.isDirectory()) return false;
  }
  return true;
}

async function fetchOne(
  { url, size }: FetchLine,
  declared: DigestSet,
  aside: string,
  { http, signal, maxBytes, onBytes }: CompleteOptions,
): Promise<Pick<ArchiveFault, "code" | "detail"> | undefined> {
  const algorithms = Object.keys(declared).filter((name): name is DigestAlgorithm => name in declared);
  if (algorithms.length === 0) return { code: "form-invalid", detail: "no manifest that can be read lists it" };
  rmSync(aside, { force: true });
  const file = openFileSink(aside);
  try {
    const answer = await http.download(
      { url, signal, maxBytes: Math.min(maxBytes, size ?? maxBytes), digestDecides: true },
      {
        write(chunk) {
          file.write(chunk);
          onBytes?.(chunk.length);
        },
        restart: () => file.restart(),
      },
    );
    if (answer.status === "refused")
      return { code: "file-remote", detail: `it could not be fetched: ${answer.message}` };
  } finally {
    file.close();
  }
  const read = await digestLocalFile(aside, await createDigestLane(algorithms), { signal });
  if (read.status === "refused") return { code: "file-missing", detail: read.message };
  const wrong = algorithms.find((algorithm) => read.digest[algorithm] !== declared[algorithm]);
  return wrong === undefined
    ? undefined
    : {
        code: "file-corrupt",
        detail: `what came has the ${wrong} \`${read.digest[wrong]}\`, not \`${declared[wrong]}\``,
      };
}

function missingFiles(root: string): Map<string, FetchLine> {
  const missing = new Map<string, FetchLine>();
  const faults = createBagFaults();
  const declaration = readDeclaration(join(root, DECLARATION), faults);
  if (declaration === undefined || !existsSync(join(root, FETCH))) return missing;
  const take = (line: FetchLine, path: string): void => {
    if (missing.size < FETCH_MAX && !existsSync(join(root, path))) missing.set(path, line);
  };
  // Lines that name nothing sound are told by the check of the bag.
  for (const _turn of readFetch(root, declaration, faults, take));
  return missing;
}

async function declaredDigests(root: string, paths: ReadonlySet<string>): Promise<ReadonlyMap<string, DigestSet>> {
  const digests = new Map<string, DigestSet>();
  const faults = createBagFaults();
  const declaration = readDeclaration(join(root, DECLARATION), faults);
  const names = namesIn(root);
  if (declaration === undefined || typeof names === "string" || paths.size === 0) return digests;
  const manifests = findManifests(names, faults).filter(({ lists }) => lists === "payload");
  for (const manifest of manifests) {
    const { algorithm } = manifest;
    if (algorithm === undefined) continue;
    for (const lines of readBagText(join(root, manifest.name), declaration.encoding)) {
      for (const line of lines) {
        const read = readManifestLine(line, manifest satisfies BagManifest);
        if (read === undefined || !("digest" in read)) continue;
        const path = decodeBagPath(read.written);
        if (paths.has(path)) digests.set(path, { ...digests.get(path), [algorithm]: read.digest });
      }
    }
  }
  return digests;
}
