/** What the folder and the lists say of one path: what is missing, what is too much, and what is to be digested. */
import type { BagManifest } from "./bag-algorithms.ts";
import type { BagFaults } from "./bag-faults.ts";
import type { BagFile, BagGroup, FetchedFile, ListedFile } from "./bag-records.ts";

/** A manifest whose lines were read. */
export interface ReadManifest {
  readonly manifest: BagManifest;
  /** Not read to its end: what it does not list can not be told. */
  readonly broken: boolean;
}

export interface JoinContext {
  readonly manifests: readonly ReadManifest[];
  /** Version 1.0 or later. */
  readonly strict: boolean;
  /** Whether a file that was left remote makes the bag incomplete. */
  readonly remoteIsError: boolean;
  readonly faults: BagFaults;
}

/** A file and every digest that it should have. */
export interface DigestTask {
  readonly file: BagFile;
  readonly listed: readonly ListedFile[];
}

/** What came of a group. */
export interface Joined {
  readonly tasks: readonly DigestTask[];
  /** Files that are still to be fetched, by their lengths. */
  readonly pending: readonly (number | undefined)[];
}

/** One file, there or not, with the lines that mean it. */
interface Slot {
  readonly path: string;
  readonly file: BagFile | undefined;
  readonly listed: ListedFile[];
  fetched: FetchedFile | undefined;
}

/** Judges a group, and says what is left to do. */
export function joinGroup(group: BagGroup, context: JoinContext): Joined {
  const { faults } = context;
  const slots = new SlotTable();
  for (const file of group.files) slots.add({ path: file.path, file, listed: [], fetched: undefined });
  if (group.crowded) faults.error("form-invalid", group.listed[0]?.path, "it is listed over and over");
  for (const line of group.listed) slotFor(line, slots, faults).listed.push(line);
  for (const line of group.fetched) {
    const slot = slotFor(line, slots, faults);
    if (slot.fetched !== undefined) faults.warning("form-discouraged", line.path, "`fetch.txt` names it twice");
    slot.fetched = line;
  }
  const tasks: DigestTask[] = [];
  const pending: (number | undefined)[] = [];
  for (const slot of slots.values()) {
    duplicates(slot, context);
    if (slot.path.startsWith("data/")) payloadListed(slot, context);
    else tagListed(slot, context);
    const { file, listed, fetched, path } = slot;
    if (file !== undefined) {
      if (listed.length > 0) tasks.push({ file, listed });
      if (fetched?.size !== undefined && fetched.size !== file.size) {
        const detail = `it has ${file.size} bytes, \`fetch.txt\` says ${fetched.size}`;
        faults.warning("form-discouraged", path, detail);
      }
    } else if (fetched !== undefined) {
      pending.push(fetched.size);
      faults.when(context.remoteIsError, "file-remote", path, "it is still to be fetched, as `fetch.txt` says");
    } else {
      faults.error("file-missing", path, `${names(listed, context)} ${listsIt(listed)}, and it is not there`);
    }
  }
  return { tasks, pending };
}

/** Slots by their paths, and by what their paths are in one Unicode form. */
class SlotTable {
  readonly #byPath = new Map<string, Slot>();
  readonly #byForm = new Map<string, Slot>();

  add(slot: Slot): Slot {
    this.#byPath.set(slot.path, slot);
    const form = slot.path.normalize();
    if (!this.#byForm.has(form)) this.#byForm.set(form, slot);
    return slot;
  }

  exact = (path: string): Slot | undefined => this.#byPath.get(path);
  alike = (path: string): Slot | undefined => this.#byForm.get(path.normalize());
  values = (): Iterable<Slot> => this.#byPath.values();
}

/** The slot that a line means: the file of that very name, then one that differs in its spelling alone. */
function slotFor(line: ListedFile | FetchedFile, slots: SlotTable, faults: BagFaults): Slot {
  const exact = slots.exact(line.path);
  if (exact !== undefined) return exact;
  const alike = slots.alike(line.path);
  if (alike !== undefined) {
    const detail = "it is listed in another Unicode form than its name has";
    if (alike.file !== undefined) faults.warning("form-discouraged", alike.path, detail);
    return alike;
  }
  const literal = slots.exact(line.written);
  if (literal?.file !== undefined) {
    faults.warning("form-discouraged", literal.path, "it is listed with a `%` that is not escaped");
    return literal;
  }
  return slots.add({ path: line.path, file: undefined, listed: [], fetched: undefined });
}

function duplicates({ path, listed }: Slot, { manifests, strict, faults }: JoinContext): void {
  if (listed.length <= 1) return;
  const seen = new Map<number, ListedFile>();
  for (const line of listed) {
    const before = seen.get(line.manifest);
    seen.set(line.manifest, before ?? line);
    if (before === undefined) continue;
    const name = manifests[line.manifest]?.manifest.name ?? "";
    if (before.digest !== line.digest) {
      faults.error("form-invalid", path, `\`${name}\` lists it twice, with different digests`);
    } else {
      const isSpelling = before.path !== line.path;
      faults.when(strict && !isSpelling, "form-invalid", path, `\`${name}\` lists it twice`);
    }
  }
}

function payloadListed(slot: Slot, { manifests, strict, faults }: JoinContext): void {
  const { path, listed, file, fetched } = slot;
  if (listed.length === 0) {
    // What a manifest that broke off does not list, it may list.
    if (manifests.some(({ manifest, broken }) => broken && manifest.lists === "payload")) return;
    if (file !== undefined) faults.error("file-unexpected", path, "no payload manifest lists it");
    if (fetched !== undefined) faults.error("form-invalid", path, "`fetch.txt` names it, and no payload manifest does");
    return;
  }
  if (!strict) return;
  const without = absentFrom(listed, manifests, "payload");
  for (const name of without) faults.error("form-invalid", path, `\`${name}\` does not list it, another manifest does`);
}

function tagListed({ path, listed, file }: Slot, { manifests, strict, faults }: JoinContext): void {
  const own = manifests.find(({ manifest }) => manifest.name === path)?.manifest.lists;
  if (own === "tags") {
    if (listed.length > 0) faults.when(strict, "form-invalid", path, "a tag manifest lists it, which is one itself");
    return;
  }
  if (file === undefined) return;
  const without = absentFrom(listed, manifests, "tags");
  if (own === "payload") {
    for (const name of without) faults.when(strict, "form-invalid", path, `\`${name}\` does not list it`);
  } else if (listed.length > 0) {
    for (const name of without) {
      faults.warning("form-discouraged", path, `\`${name}\` does not list it, another tag manifest does`);
    }
  } else if (without.length > 0) {
    faults.warning("file-unexpected", path, "no tag manifest lists it, so nothing speaks for its bytes");
  }
}

/** Manifests of this kind that were read whole and have none of the lines. */
function absentFrom(
  listed: readonly ListedFile[],
  manifests: readonly ReadManifest[],
  lists: BagManifest["lists"],
): readonly string[] {
  const absent: string[] = [];
  manifests.forEach(({ manifest, broken }, index) => {
    if (broken || manifest.lists !== lists) return;
    if (!listed.some((line) => line.manifest === index)) absent.push(manifest.name);
  });
  return absent;
}

function names(listed: readonly ListedFile[], { manifests }: JoinContext): string {
  const indexes = [...new Set(listed.map(({ manifest }) => manifest))];
  return indexes.map((index) => `\`${manifests[index]?.manifest.name ?? ""}\``).join(" and ");
}

const listsIt = (listed: readonly ListedFile[]): string =>
  new Set(listed.map(({ manifest }) => manifest)).size === 1 ? "lists it" : "list it";
