/**
 * Exchanges on their way into a web archive: each client appends to a file of its own, whole exchanges only, so that a
 * killed run leaves at worst a torn last one. A line of JSON, then the body's bytes, then a line's end.
 */
import { randomUUID } from "node:crypto";
import { closeSync, mkdirSync, openSync, writeSync } from "node:fs";
import { join } from "node:path";
import { threadId } from "node:worker_threads";
import { WholesourceError } from "../model/error.ts";
import { codeOf } from "./errno.ts";
import { type ExchangeRecorder, startRecording, type WriteExchange } from "./http-record.ts";

/** How such files end. */
export const SPOOL_SUFFIX = ".exchanges";

/** Appends to a new file in this folder; nothing is made before the first exchange. */
export function spoolRecorder(folder: string): ExchangeRecorder {
  let file: number | undefined;
  const opened = (): number => {
    if (file !== undefined) return file;
    mkdirSync(folder, { recursive: true, mode: 0o700 });
    const name = `${process.pid}-${threadId}-${randomUUID()}${SPOOL_SUFFIX}`;
    file = openSync(join(folder, name), "ax", 0o600);
    return file;
  };
  const write: WriteExchange = (exchange, body) => {
    const head = Buffer.from(`${JSON.stringify(exchange)}\n`);
    try {
      writeAll(opened(), Buffer.concat([head, body, LINE_END]));
    } catch (cause) {
      const full = codeOf(cause) === "ENOSPC" || codeOf(cause) === "EDQUOT";
      throw new WholesourceError(
        full ? "no-space" : "output-failed",
        `the record of the exchanges can not be written to \`${folder}\`${full ? ": the disk is full" : ""}`,
        { hint: full ? "free some space and run again" : "check that the folder may be written", cause },
      );
    }
  };
  return {
    start: (question) => startRecording(write, question),
    close() {
      if (file !== undefined) closeSync(file);
      file = undefined;
    },
  };
}

const LINE_END = Buffer.from("\n");

function writeAll(file: number, bytes: Uint8Array): void {
  for (let at = 0; at < bytes.length; ) at += writeSync(file, bytes, at);
}
