/** A text file that is written line by line into a folder, and digested as it grows. */
import { createHash } from "node:crypto";
import { closeSync, openSync, writeSync } from "node:fs";
import { join } from "node:path";
import { codeOf } from "../io/errno.ts";
import { WholesourceError } from "../model/error.ts";
import type { TagFile } from "./contents.ts";

/** Characters that wait to be written. */
const WAITING_MAX = 64 * 1024;

export interface BagSpool {
  /** A line without its end. */
  line(text: string): void;
  /** Ends the file, which lies in the folder until its owner removes that; undefined when it has no line. */
  end(): TagFile | undefined;
  /** Closes the file where the rest of it is not wanted. */
  close(): void;
}

/** Starts a file of this name in the folder. */
export function createBagSpool(folder: string, name: string): BagSpool {
  const from = join(folder, name);
  const fd = openSync(from, "w", 0o600);
  const [sha256, sha512] = [createHash("sha256"), createHash("sha512")];
  let waiting = "";
  let size = 0;
  let open = true;
  const write = (): void => {
    const bytes = Buffer.from(waiting);
    waiting = "";
    sha256.update(bytes);
    sha512.update(bytes);
    size += bytes.length;
    try {
      for (let at = 0; at < bytes.length; ) at += writeSync(fd, bytes, at);
    } catch (error) {
      throw codeOf(error) === "ENOSPC" ? noSpace(name, error) : error;
    }
  };
  const close = (): void => {
    if (open) closeSync(fd);
    open = false;
  };
  return {
    close,
    line(text) {
      waiting += `${text}\n`;
      if (waiting.length > WAITING_MAX) write();
    },
    end() {
      write();
      close();
      const digest = { sha256: sha256.digest("hex"), sha512: sha512.digest("hex") };
      return size === 0 ? undefined : { path: name, size, digest, source: { from } };
    },
  };
}

const noSpace = (name: string, cause: unknown): WholesourceError =>
  new WholesourceError("no-space", `the disk is full: \`${name}\` could not be written`, {
    hint: "free space in the folder for temporary files, or set `TMPDIR` to another",
    cause,
  });
