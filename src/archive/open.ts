/** Archives that anybody made, found out by what is in them and opened as a folder. */
import { closeSync, constants, fstatSync, mkdirSync, openSync, rmSync, type Stats, statSync } from "node:fs";
import { join, resolve } from "node:path";
import { defaultMemberLimits, type MemberLimits } from "../inspect/limits.ts";
import { readZipMembers } from "../inspect/members.ts";
import { WholesourceError } from "../model/error.ts";
import type { ArchiveFault } from "./contents.ts";
import { archiveError, stopIfAborted } from "./folder-error.ts";
import { createFaultList, type FaultList } from "./open-faults.ts";
import { findArchive, formOf, isOurs, type OpenForm } from "./open-form.ts";
import { lookAtPacked, type PackedFile, readPacked } from "./open-packed.ts";
import { createUnpacker, roomHint } from "./open-unpack.ts";

export type { OpenForm } from "./open-form.ts";

/** An archive as a folder. Its own manifests are not looked at yet. */
export interface OpenArchive {
  readonly form: OpenForm;
  readonly folder: string;
  /** It was one file, and the folder is ours. */
  readonly packed: boolean;
  /** What was seen while it was unpacked. With an error among them it is not what was once written. */
  readonly faults: readonly ArchiveFault[];
  /** It has records of this program. */
  readonly ours: boolean;
  /** Removes what was unpacked. */
  close(): Promise<void>;
}

export interface OpenArchiveOptions {
  /** A new empty folder to unpack into. */
  readonly scratch: () => Promise<string>;
  readonly signal: AbortSignal;
  readonly limits?: Partial<MemberLimits> | undefined;
  /** Told of every piece of a packed file that was read. */
  readonly onBytes?: ((count: number) => void) | undefined;
}

/** The room on the disk bounds the bytes, not a number; a file of zeros may pack to very little. */
const openLimits: MemberLimits = {
  ...defaultMemberLimits,
  maxMembers: 5_000_000,
  maxTotalBytes: Number.MAX_SAFE_INTEGER,
  ratioGraceBytes: 8 * 1024 * 1024 * 1024,
};

/**
 * Opens what lies at a path; undefined when it is nothing that this program knows as an archive. Throws for one that is
 * too damaged to tell what it was, and when the disk has no room for it.
 */
export async function openArchive(path: string, options: OpenArchiveOptions): Promise<OpenArchive | undefined> {
  const given = resolve(path);
  const kind = look(given);
  if (kind?.isDirectory() === true) {
    const form = formOf(given);
    if (form === undefined) return undefined;
    return { form, folder: given, packed: false, faults: [], ours: isOurs(given, form), close: async () => {} };
  }
  return kind?.isFile() === true ? openPackedFile(given, options) : undefined;
}

/** What nobody may look at is for whoever reads it as something else to tell. */
function look(path: string): Stats | undefined {
  try {
    return statSync(path);
  } catch {
    return undefined;
  }
}

async function openPackedFile(path: string, options: OpenArchiveOptions): Promise<OpenArchive | undefined> {
  let fd: number;
  try {
    fd = openSync(path, constants.O_RDONLY | constants.O_NONBLOCK);
  } catch (error) {
    throw new WholesourceError("input-unreadable", `\`${path}\` can not be read`, { cause: error, subject: path });
  }
  try {
    const file = lookAtPacked(fd, fstatSync(fd).size);
    return file === undefined ? undefined : await unpack(path, file, options);
  } finally {
    closeSync(fd);
  }
}

async function unpack(
  path: string,
  file: PackedFile,
  { scratch, signal, limits: given, onBytes }: OpenArchiveOptions,
): Promise<OpenArchive | undefined> {
  const limits = { ...openLimits, ...given };
  const folder = join(await scratch(), "archive");
  const remove = (): void => rmSync(folder, { recursive: true, force: true, maxRetries: 3 });
  const faults = createFaultList();
  try {
    mkdirSync(folder, { mode: 0o700 });
    const unpacker = createUnpacker(folder, { faults, limits, signal });
    let isArchive: boolean;
    try {
      // What is not packed needs as much room as it has bytes.
      if (file.kind === "none") unpacker.needs(file.size);
      if (file.kind === "zip") {
        const { hazards } = await readZipMembers(path, { path, strip: 0, onMember: unpacker.onMember, limits });
        faults.hazards(hazards);
        isArchive = unpacker.members > 0;
      } else isArchive = await readPacked(file, unpacker, { faults, limits, signal, onBytes });
      stopIfAborted(signal);
    } finally {
      unpacker.close();
    }
    const found = findArchive(folder);
    if (found === undefined) {
      if (isArchive) refuseDamaged(path, faults);
      remove();
      return undefined;
    }
    const ours = isOurs(found.folder, found.form);
    return { ...found, packed: true, faults: faults.list(), ours, close: async () => remove() };
  } catch (error) {
    remove();
    throw archiveError(error, `unpacking \`${path}\``, path, roomHint);
  }
}

/** That nothing was found in the readable part of an archive says nothing of the rest. */
function refuseDamaged(path: string, faults: FaultList): void {
  const damage = faults.damage();
  if (damage === undefined) return;
  throw new WholesourceError("input-unreadable", `\`${path}\` is damaged: ${damage.detail}`, {
    hint: "fetch the archive again, or take another copy of it",
    subject: path,
  });
}
