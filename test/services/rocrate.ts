/** The RO-Crate community's validator and Python library, kept by `install-rocrate.mjs` in a virtual environment. */
import { execFile } from "node:child_process";
import { existsSync } from "node:fs";
import { join } from "node:path";
import { needThat, type Suite } from "./need.ts";
import { rocrateFolder } from "./rocrate-folder.mjs";

const python = join(rocrateFolder, "bin", "python");

/** `describe` for tests that need them; skipped with a word that says so where they are not installed. */
export const needRocrate = (): Suite =>
  needThat(existsSync(join(rocrateFolder, "done")), "rocrate", "node test/services/install-rocrate.mjs");

/** Runs Python with both, and returns what it prints. */
export function runRocratePython(...argv: readonly string[]): Promise<string> {
  return new Promise((resolve, reject) => {
    execFile(python, argv, { maxBuffer: 64 * 1024 * 1024 }, (error, stdout, stderr) => {
      if (error === null) resolve(stdout);
      else reject(new Error(stderr));
    });
  });
}

/** What the validator says of a crate. */
export interface CrateVerdict {
  readonly passed: boolean;
  /** Checks that were made. */
  readonly checks: number;
  readonly issues: readonly { readonly severity: string; readonly check: string; readonly message: string }[];
}

/** Lets the validator judge a crate, whose only question to the network is answered from what is installed. */
export async function validateCrate(folder: string, severity: "required" | "recommended"): Promise<CrateVerdict> {
  const script = join(import.meta.dirname, "rocrate-validate.py");
  return JSON.parse(await runRocratePython(script, folder, severity)) as CrateVerdict;
}
