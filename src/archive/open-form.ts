/** What kind of archive a folder is, by what lies in it. */
import { closeSync, lstatSync, opendirSync, readSync } from "node:fs";
import { join } from "node:path";
import { openFile } from "../io/files-open.ts";

export type OpenForm = "bag" | "ro-crate" | "oci-layout";

/** Files that each form must have in its root; a bag may hold a crate, so it comes first. */
const marks: { readonly [form in OpenForm]: readonly string[] } = {
  bag: ["bagit.txt"],
  "oci-layout": ["oci-layout", "index.json"],
  "ro-crate": ["ro-crate-metadata.json"],
};
const forms = ["bag", "oci-layout", "ro-crate"] as const satisfies readonly OpenForm[];

/** Where our own records are. */
const recordsFolder = "wholesource";
/** Bytes of an index or a manifest that are looked at. */
const maxDocumentBytes = 4 * 1024 * 1024;

/** The form of a folder; undefined for a folder that is none. */
export function formOf(folder: string): OpenForm | undefined {
  return forms.find((form) => marks[form].every((name) => isFile(join(folder, name))));
}

/** The archive in a folder that was unpacked: the folder itself, or the only thing in it. */
export function findArchive(folder: string): { readonly folder: string; readonly form: OpenForm } | undefined {
  const form = formOf(folder);
  if (form !== undefined) return { folder, form };
  const inner = onlyFolder(folder);
  const innerForm = inner === undefined ? undefined : formOf(inner);
  return inner === undefined || innerForm === undefined ? undefined : { folder: inner, form: innerForm };
}

/** Whether an archive has our own records in it. */
export function isOurs(folder: string, form: OpenForm): boolean {
  if (form !== "oci-layout")
    return lstatSync(join(folder, recordsFolder), { throwIfNoEntry: false })?.isDirectory() === true;
  const index = readText(join(folder, "index.json"));
  for (const [, digest] of index.matchAll(/"sha256:([0-9a-f]{64})"/g)) {
    if (readText(join(folder, "blobs/sha256", digest ?? "")).includes(`"${recordsFolder}/`)) return true;
  }
  return false;
}

function onlyFolder(folder: string): string | undefined {
  const entries = opendirSync(folder);
  try {
    const first = entries.readSync();
    return first?.isDirectory() === true && entries.readSync() === null ? join(folder, first.name) : undefined;
  } finally {
    entries.closeSync();
  }
}

/** Whether a regular file is there; a link is none. */
export function isFile(path: string): boolean {
  try {
    return lstatSync(path, { throwIfNoEntry: false })?.isFile() === true;
  } catch {
    return false;
  }
}

/** A small file's text; empty for one that can not be read or is too large to be what is looked for. */
function readText(path: string): string {
  const file = openFile(path);
  if (file.status === "refused") return "";
  try {
    if (file.size > maxDocumentBytes) return "";
    const bytes = Buffer.alloc(file.size);
    return bytes.toString("utf8", 0, readSync(file.fd, bytes, 0, bytes.length, 0));
  } catch {
    return "";
  } finally {
    closeSync(file.fd);
  }
}
