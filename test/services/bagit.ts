/** bagit-python, which judges the bags that we write and makes some that we judge. `install-bagit.mjs` gets it. */
import { execFile } from "node:child_process";
import { existsSync } from "node:fs";
import { join } from "node:path";
import { bagitFolder } from "./bagit-folder.mjs";
import { needThat, type Suite } from "./need.ts";

/** `describe` for tests that need bagit-python. */
export function needBagit(): Suite {
  return needThat(existsSync(join(bagitFolder, "done")), "bagit-python", "test/services/install");
}

export type BagitDepth = "full" | "completeness" | "fast";

/** What it says of a bag. */
export interface BagitVerdict {
  readonly valid: boolean;
  /** Its error with the details, and empty for a valid bag. */
  readonly error: string;
}

const judge = `
import bagit, json, logging, sys
logging.disable(logging.CRITICAL)
def verdict(folder, depth):
    try:
        bagit.Bag(folder).validate(fast=depth == "fast", completeness_only=depth == "completeness")
        return {"valid": True, "error": ""}
    except Exception as error:
        return {"valid": False, "error": type(error).__name__ + ": " + str(error)}
print(json.dumps([verdict(*one) for one in json.load(sys.stdin)]))
`;

const make = `
import bagit, json, logging, sys
logging.disable(logging.CRITICAL)
for folder, checksums, info in json.load(sys.stdin):
    bagit.make_bag(folder, bag_info=info, checksums=checksums)
`;

/** What it says of each of the folders, in their order. */
export async function judgeBags(bags: readonly (readonly [folder: string, depth: BagitDepth])[]) {
  const told: unknown = JSON.parse(await runPython(judge, bags));
  return told as readonly BagitVerdict[];
}

/** Turns each of the folders into a bag, in place. */
export async function makeBags(
  bags: readonly (readonly [folder: string, checksums: readonly string[], info: Readonly<Record<string, string>>])[],
): Promise<void> {
  await runPython(make, bags);
}

function runPython(script: string, input: unknown): Promise<string> {
  return new Promise((resolve, reject) => {
    const options = { maxBuffer: 64 * 1024 * 1024 };
    const child = execFile(join(bagitFolder, "bin", "python"), ["-c", script], options, (error, stdout, stderr) => {
      if (error === null) resolve(stdout);
      else reject(new Error(`bagit-python failed: ${stderr}`));
    });
    child.stdin?.end(JSON.stringify(input));
  });
}
