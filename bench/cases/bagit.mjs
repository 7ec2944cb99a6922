/** The Library of Congress's own tool, where the test services put it. */
import { existsSync } from "node:fs";
import { join } from "node:path";
import { bagitFolder } from "../../test/services/bagit-folder.mjs";

const file = join(bagitFolder, "bin", "bagit.py");

/** Its path, or undefined. */
export const bagit = existsSync(file) ? file : undefined;

/** What is said where it is missing. */
export const bagitMissing =
  "bagit.py is missing: run `node test/services/install-bagit.mjs`; nothing to compare with\n";
