/** Checks a bag by its own rules and its own manifests, whoever made it: BagIt 0.93 to 1.0 (RFC 8493). */
import { lstatSync } from "node:fs";
import { setImmediate } from "node:timers/promises";
import { WholesourceError } from "../model/error.ts";
import { type BagDeclaration, DECLARATION, readDeclaration } from "./bag-declaration.ts";
import { type BagDigests, createBagDigests, type DigestFiles } from "./bag-digest.ts";
import { type BagFaults, createBagFaults } from "./bag-faults.ts";
import { type PayloadCount, readBagInfo } from "./bag-info.ts";
import { joinGroup, type ReadManifest } from "./bag-join.ts";
import { FETCH, findManifests, namesIn, readFetch, readManifest } from "./bag-lists.ts";
import { type BagRecords, createBagRecords } from "./bag-records.ts";
import { type BagFolder, openBagFolder } from "./bag-walk.ts";
import type { ArchiveCheck } from "./contents.ts";

/** `full` reads every byte; `completeness` compares names; `fast` counts files and bytes against `Payload-Oxum`. */
export type BagDepth = "full" | "completeness" | "fast";

export interface BagCheckOptions {
  readonly depth: BagDepth;
  /** An empty folder for lists that are too long for memory. */
  readonly scratch: string;
  readonly digestFiles: DigestFiles;
  readonly signal?: AbortSignal | undefined;
  /** What a file is that `fetch.txt` names and that is not there: by the standard it makes the bag incomplete. */
  readonly remote?: "error" | "warning" | undefined;
  readonly maxFaults?: number | undefined;
}

/** Steps after which others have a turn. */
const TURN_STEPS = 1_000;

/** Checks a bag; reads nothing outside its folder, and fetches nothing. */
export async function checkBag(folder: string, options: BagCheckOptions): Promise<ArchiveCheck> {
  const faults = createBagFaults(options.maxFaults);
  const bag = openBagFolder(folder);
  const found = await check(bag, options, faults);
  return { form: "bag", ...found, ...faults.result() };
}

const nothing: PayloadCount = { files: 0, bytes: 0 };

async function check(bag: BagFolder, options: BagCheckOptions, faults: BagFaults): Promise<PayloadCount> {
  const { root } = bag;
  const names = namesIn(root);
  if (typeof names === "string") {
    throw new WholesourceError("input-unreadable", `the bag can not be read: ${names}`, { subject: root });
  }
  if (!names.includes(DECLARATION)) {
    faults.error("form-invalid", DECLARATION, "it is not there, so this is no bag");
    return nothing;
  }
  const declaration = readDeclaration(`${root}/${DECLARATION}`, faults);
  if (declaration === undefined) return nothing;
  payloadFolder(bag, names, faults);
  const { infoName } = declaration;
  const oxum = names.includes(infoName) ? readBagInfo(`${root}/${infoName}`, infoName, declaration, faults) : undefined;
  const part: Part = { bag, names, declaration, oxum, options, faults };
  return options.depth === "fast" ? await checkFast(part) : await checkWhole(part);
}

interface Part {
  readonly bag: BagFolder;
  readonly names: readonly string[];
  readonly declaration: BagDeclaration;
  readonly oxum: PayloadCount | undefined;
  readonly options: BagCheckOptions;
  readonly faults: BagFaults;
}

function payloadFolder({ root }: BagFolder, names: readonly string[], faults: BagFaults): void {
  const stat = names.includes("data") ? lstatSync(`${root}/data`, { throwIfNoEntry: false }) : undefined;
  if (stat === undefined) faults.error("form-invalid", "data", "it has no payload folder");
  else if (stat.isSymbolicLink()) faults.error("path-unsafe", "data", "the payload folder is a link");
  else if (!stat.isDirectory()) faults.error("form-invalid", "data", "it is no folder");
}

async function checkFast({ bag, names, declaration, oxum, options, faults }: Part): Promise<PayloadCount> {
  findManifests(names, faults);
  if (oxum === undefined) {
    const detail = "it has no sound `Payload-Oxum`, without which nothing can be said fast";
    faults.error("form-invalid", declaration.infoName, detail);
  }
  const found = await walk(bag, options, faults);
  const pending = { files: 0, bytes: 0, unknown: 0 };
  if (names.includes(FETCH)) {
    await inTurns(
      readFetch(bag.root, declaration, faults, ({ size }, path) => {
        if (bag.sizeOf(path) !== undefined) return;
        addPending(pending, size);
        faults.when(options.remote !== "warning", "file-remote", path, "it is still to be fetched");
      }),
      options.signal,
    );
  }
  compareCount(found, pending, oxum, declaration, faults);
  return found;
}

async function checkWhole({ bag, names, declaration, oxum, options, faults }: Part): Promise<PayloadCount> {
  const { signal, depth, scratch, remote } = options;
  const records = createBagRecords(scratch);
  const manifests: ReadManifest[] = [];
  for (const [index, manifest] of findManifests(names, faults).entries()) {
    manifests.push(await inTurns(readManifest(bag.root, manifest, index, declaration, records, faults), signal));
  }
  if (names.includes(FETCH)) {
    const take = ({ written, size }: { written: string; size: number | undefined }): void =>
      records.fetched(written, size);
    await inTurns(readFetch(bag.root, declaration, faults, take), signal);
  }
  const found = await walk(bag, options, faults, records);
  const digests = depth === "full" ? createBagDigests(options.digestFiles, manifests, faults) : undefined;
  const { strict } = declaration;
  const context = { manifests, strict, remoteIsError: remote !== "warning", faults };
  const pending = { files: 0, bytes: 0, unknown: 0 };
  let steps = 0;
  for (const group of records.groups()) {
    const joined = joinGroup(group, context);
    for (const size of joined.pending) addPending(pending, size);
    if (digests !== undefined) await addAll(joined.tasks, bag, digests, faults);
    if (++steps % TURN_STEPS === 0) await turn(signal);
  }
  await digests?.end();
  compareCount(found, pending, oxum, declaration, faults);
  return found;
}

async function addAll(
  tasks: ReturnType<typeof joinGroup>["tasks"],
  bag: BagFolder,
  digests: BagDigests,
  faults: BagFaults,
): Promise<void> {
  for (const task of tasks) {
    const at = bag.at(task.file);
    if (at === undefined) faults.error("archive-damaged", task.file.path, "it changed while it was being checked");
    else {
      const full = digests.add(task, at);
      if (full !== undefined) await full;
    }
  }
}

/** Counts the payload, and hands on every file. */
async function walk(
  bag: BagFolder,
  { signal }: BagCheckOptions,
  faults: BagFaults,
  records?: BagRecords,
): Promise<PayloadCount> {
  let files = 0;
  let bytes = 0;
  let steps = 0;
  for (const file of bag.files(faults)) {
    if (file !== undefined) {
      if (file.unlistable !== true) records?.file(file);
      if (file.path.startsWith("data/")) {
        files += 1;
        bytes += file.size;
      }
    }
    if (++steps % TURN_STEPS === 0) await turn(signal);
  }
  return { files, bytes };
}

/** Files that are still to be fetched. */
interface Pending {
  files: number;
  bytes: number;
  /** Files of them whose length is not told. */
  unknown: number;
}

function addPending(pending: Pending, size: number | undefined): void {
  pending.files += 1;
  pending.bytes += size ?? 0;
  if (size === undefined) pending.unknown += 1;
}

/** `Payload-Oxum` counts the whole payload; bags whose makers counted only what is there are taken too. */
function compareCount(
  found: PayloadCount,
  pending: Pending,
  oxum: PayloadCount | undefined,
  { infoName }: BagDeclaration,
  faults: BagFaults,
): void {
  if (oxum === undefined) return;
  const isSame = (files: number, bytes: number): boolean => oxum.files === files && oxum.bytes === bytes;
  if (isSame(found.files, found.bytes)) return;
  const files = found.files + pending.files;
  const bytes = found.bytes + pending.bytes;
  // A file whose length nobody told can have any.
  if (pending.unknown > 0 ? oxum.files === files && oxum.bytes >= bytes : isSame(files, bytes)) return;
  const told = pending.files === 0 ? "" : ` and ${pending.files} to be fetched`;
  const detail =
    `the payload has ${found.files} files${told} with ${bytes} bytes, ` +
    `\`Payload-Oxum\` says ${oxum.files} files with ${oxum.bytes} bytes`;
  faults.error("oxum-differs", infoName, detail);
}

async function inTurns<Result>(steps: Generator<void, Result, void>, signal: AbortSignal | undefined): Promise<Result> {
  for (;;) {
    const step = steps.next();
    if (step.done === true) return step.value;
    await turn(signal);
  }
}

async function turn(signal: AbortSignal | undefined): Promise<void> {
  await setImmediate();
  if (signal?.aborted) throw new WholesourceError("interrupted", "checking the bag was interrupted");
}
