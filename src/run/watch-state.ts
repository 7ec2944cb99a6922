/** What a watcher remembers of a release beside its history: the last report, and what was last known of each piece. */
import { randomBytes } from "node:crypto";
import { readdir, readFile, rm, stat } from "node:fs/promises";
import { join } from "node:path";
import { codeOf } from "../io/errno.ts";
import { writeAside } from "../io/write-whole.ts";
import type { WrittenReport } from "../model/report-schema.ts";
import { historyFailed } from "./watch-history.ts";

/** Bytes of a report that is read back. */
const REPORT_MAX = 256 * 1024 * 1024;
/** What a killed run left aside is removed after so long, in milliseconds. */
const ASIDE_AGE = 60 * 60 * 1000;

/** `known` has the pieces that the last report could not tell of as they were before. */
export type StateFile = "report" | "known";

/** What was read: a report, nothing at all, or why it can not be used. */
export type StateRead = { readonly report: WrittenReport } | { readonly fault: string } | undefined;

const fileOf = (folder: string, slug: string, which: StateFile): string => join(folder, `${slug}.${which}.json`);

/** Reads what an earlier check left. */
export async function readState(folder: string, slug: string, which: StateFile): Promise<StateRead> {
  const file = fileOf(folder, slug, which);
  try {
    const { size } = await stat(file);
    if (size > REPORT_MAX) return { fault: `\`${file}\` has more than ${REPORT_MAX} bytes` };
    const { Report } = await import("../model/report-schema.ts");
    const read = Report.safeParse(JSON.parse(await readFile(file, "utf8")));
    return read.success ? { report: read.data } : { fault: `\`${file}\` is no report of this version` };
  } catch (error) {
    if (codeOf(error) === "ENOENT") return undefined;
    return { fault: `\`${file}\` can not be read: ${codeOf(error) ?? "it is no JSON"}` };
  }
}

/** Writes it whole or not at all. Throws `output-failed`. */
export async function writeState(folder: string, slug: string, which: StateFile, text: string): Promise<void> {
  const target = fileOf(folder, slug, which);
  const aside = join(folder, `.${slug}.${randomBytes(6).toString("hex")}.tmp`);
  await writeAside(target, aside, text).catch((cause: unknown) => {
    throw historyFailed(target, cause);
  });
}

/** Removes what runs that were killed left aside. */
export async function sweepState(folder: string, now: number): Promise<void> {
  for (const name of await readdir(folder)) {
    if (!/^\..+\.[0-9a-f]{12}\.tmp$/.test(name)) continue;
    const path = join(folder, name);
    const facts = await stat(path).catch(() => undefined);
    if (facts !== undefined && now - facts.mtimeMs > ASIDE_AGE) await rm(path, { force: true });
  }
}
