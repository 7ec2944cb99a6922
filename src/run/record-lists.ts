/** Which of a piece's files are lists of addresses, and where their bytes are once they were looked at. */
import { join } from "node:path";
import type { Evidence, RemoteObject } from "../model/evidence.ts";
import type { Piece } from "../model/manifest.ts";
import type { Records } from "../model/records.ts";
import { formOf, type ListForm } from "../records/format.ts";
import type { Resolved } from "../resolve/resolver.ts";
import type { Run } from "./context.ts";
import type { Pair } from "./pair.ts";

/** Lists of one piece: each is opened. */
export const LISTS_MAX = 100_000;

/** A list as it was found at a location. */
export interface FoundList {
  /** Place in declared order. */
  readonly index: number;
  readonly path: string;
  readonly form: ListForm;
  readonly object: RemoteObject;
  readonly evidence: Evidence;
  /** Where the bytes that were measured were kept as they came. */
  readonly copy?: string | undefined;
}

/** Makes ready to take the lists of one try; at depth `probe` no file is read, so none is kept. */
export async function openRecordLists(piece: Piece, records: Records, run: Run): Promise<RecordLists> {
  return new RecordLists(piece, records, run.depth === "full" ? await run.resolveContext.scratch() : undefined);
}

/** The lists of one try of one location. */
export class RecordLists {
  readonly #records: Records;
  readonly #folder: string | undefined;
  readonly #found: FoundList[] = [];
  readonly #copies = new Map<string, string>();
  readonly #expected: readonly string[];
  /** The way to have the objects again. Set when the location was found. */
  authorize: Resolved["authorize"];
  #omitted = 0;

  /** `folder` is where copies of remote lists go; without it none are made. */
  constructor(piece: Piece, records: Records, folder: string | undefined) {
    this.#records = records;
    this.#folder = folder;
    const declared = (piece.files ?? []).filter((file) => file.containedIn === undefined).map(({ path }) => path);
    this.#expected = records.files ?? declared.filter((path) => formOf(path, {}) !== undefined);
  }

  /** The form of a file that is a list; undefined for any other. */
  formOf(path: string): ListForm | undefined {
    const { files } = this.#records;
    if (files !== undefined) return files.includes(path) ? formOf(path, this.#records) : undefined;
    const byName = formOf(path, {});
    if (byName !== undefined) return formOf(path, this.#records);
    // One file under a name that says nothing is the list when its form is declared.
    return this.#expected.length === 0 ? formOf(path, this.#records) : undefined;
  }

  /** Where the bytes of this object are to be kept while they are measured. */
  copyFor(path: string, object: RemoteObject): string | undefined {
    if (this.#folder === undefined || object.url.startsWith("file:") || this.formOf(path) === undefined)
      return undefined;
    const copy = join(this.#folder, `list-${this.#copies.size}`);
    this.#copies.set(path, copy);
    return copy;
  }

  /** Takes what was seen of an object, whatever it is. */
  seen({ index, object: listed, meant, role }: Pair, evidence: Evidence): void {
    const object = meant ?? listed;
    const { path } = evidence;
    const form = role === "file" ? this.formOf(path) : undefined;
    if (form === undefined || object === undefined || "status" in object) return;
    if (this.#found.length >= LISTS_MAX) this.#omitted += 1;
    else this.#found.push({ index, path, form, object, evidence, copy: this.#copies.get(path) });
  }

  /** The lists in declared order, what nobody declared by its path; and those that are missing among them. */
  finish(): { readonly lists: readonly FoundList[]; readonly missing: readonly string[]; readonly omitted: number } {
    const sound = this.#found.filter(({ evidence }) => evidence.refusal === undefined);
    const there = new Set(sound.map(({ path }) => path));
    const refused = this.#found.filter(({ evidence }) => evidence.refusal !== undefined).map(({ path }) => path);
    const missing = [...new Set([...this.#expected.filter((path) => !there.has(path)), ...refused])];
    const lists = sound.sort((a, b) => Math.min(a.index, UNDECLARED) - Math.min(b.index, UNDECLARED) || byPath(a, b));
    return { lists, missing, omitted: this.#omitted };
  }
}

/** Undeclared files have places beyond this, in whatever order the host lists them. */
const UNDECLARED = 2 ** 40;

function byPath(first: FoundList, second: FoundList): number {
  return first.path < second.path ? -1 : first.path > second.path ? 1 : 0;
}
