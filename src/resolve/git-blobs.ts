import { existsSync, renameSync, writeFileSync } from "node:fs";
import { open, rename } from "node:fs/promises";
import { codeOf } from "../io/errno.ts";
import type { Running } from "../io/process.ts";
import type { Refusal } from "../model/evidence.ts";
import { refuse } from "../model/refusal.ts";
import { ByteReader, lineEnd } from "./byte-reader.ts";
import { endedBadly, type Git } from "./git-program.ts";

/** What git has of a blob. */
export interface Blob {
  readonly status: "here";
  readonly size: number;
  /** All its bytes, where it is small. */
  readonly bytes?: Uint8Array;
}

/** A blob that the host was not asked for. */
export interface Elsewhere {
  readonly status: "elsewhere";
}

/** Blobs from one git process. Answers come in the order of the questions. */
export interface Blobs {
  /** Asks for blobs before they are taken, so that nobody waits for nobody. */
  ask(ids: readonly string[]): Promise<void>;
  /** Writes the next blob to a file of its id in the folder, if there is one. */
  next(id: string, folder: string | undefined): Promise<Blob | Elsewhere | Refusal>;
  /** True after a refusal: nothing more comes. */
  readonly isBroken: boolean;
  close(): void;
}

/** Blobs that are read into memory instead: what may be a pointer of git-lfs, and has to be looked at. Bytes. */
export const smallBytes = 1024;
/** Bytes of git's line before each blob. */
const headerMaxBytes = 200;

/** Ids of small files that are remembered as written. */
const rememberedMax = 10_000;

/** Opens one git process for any number of blobs. */
export function openBlobs(git: Git): Blobs {
  let running: Running | undefined;
  let bytes: ByteReader | undefined;
  const written = new Set<string>();
  const isNew = (id: string): boolean => {
    if (written.has(id)) return false;
    if (written.size < rememberedMax) written.add(id);
    return true;
  };
  let isBroken = false;
  const broken = async (): Promise<Refusal> => {
    isBroken = true;
    running?.stop();
    const end = await running?.ended;
    return end === undefined ? refuse("read-failed", "git was not asked") : endedBadly(end);
  };
  return {
    async ask(ids) {
      running ??= git.talk(["cat-file", "--batch"]);
      bytes ??= new ByteReader(running.stdout);
      await running.write(`${ids.join("\n")}\n`);
    },
    async next(id, folder) {
      const header = await bytes?.line(headerMaxBytes);
      if (header === undefined || bytes === undefined) return broken();
      if (header === `${id} missing`) return { status: "elsewhere" };
      const [, of, type, length] = /^([0-9a-f]+) ([a-z]+) (\d{1,15})$/.exec(header) ?? [];
      if (of !== id || type !== "blob") return broken();
      const size = Number(length);
      const whole = size < smallBytes ? await bytes.whole(size) : undefined;
      if (size < smallBytes && whole === undefined) return broken();
      const path = folder === undefined ? undefined : `${folder}/${id}`;
      // The same content is there under many names: its file is written once, as far as we remember.
      if (whole !== undefined && !isNew(id)) return (await bytes.whole(1)) === undefined ? broken() : here(size, whole);
      const came = whole === undefined ? await write(path, bytes.some(size)) : writeSmall(path, whole);
      if (typeof came !== "number") isBroken = true;
      if (came !== size) return typeof came === "number" ? broken() : came;
      if ((await bytes.whole(1))?.[0] !== lineEnd) return broken();
      return here(size, whole);
    },
    get isBroken() {
      return isBroken;
    },
    close() {
      running?.stop();
    },
  };
}

function here(size: number, bytes: Uint8Array | undefined): Blob {
  return { status: "here", size, ...(bytes === undefined ? {} : { bytes }) };
}

/** Writes aside and moves into place: what is there under its name is whole, and may be read just now. Tells how many bytes came. */
async function write(path: string | undefined, chunks: AsyncIterable<Uint8Array>): Promise<number | Refusal> {
  let size = 0;
  if (path === undefined || existsSync(path)) {
    for await (const chunk of chunks) size += chunk.length;
    return size;
  }
  try {
    const file = await open(`${path}.part`, "w", 0o600);
    try {
      for await (const chunk of chunks) {
        size += chunk.length;
        for (let at = 0; at < chunk.length; ) at += (await file.write(chunk, at)).bytesWritten;
      }
    } finally {
      await file.close();
    }
    await rename(`${path}.part`, path);
    return size;
  } catch (error) {
    return notWritten(error);
  }
}

/** The same without a promise, which for a small file costs more than the file. */
function writeSmall(path: string | undefined, bytes: Uint8Array): number | Refusal {
  if (path === undefined) return bytes.length;
  try {
    writeFileSync(`${path}.part`, bytes, { mode: 0o600 });
    renameSync(`${path}.part`, path);
    return bytes.length;
  } catch (error) {
    return notWritten(error);
  }
}

function notWritten(error: unknown): Refusal {
  return refuse("read-failed", `the repository's files can not be written aside: ${codeOf(error) ?? "no reason"}`);
}
