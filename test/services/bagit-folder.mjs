import { tmpdir, userInfo } from "node:os";
import { join } from "node:path";

/** The newest version of the Library of Congress's own tool. */
export const bagitVersion = "1.9.0";

/** Where `install-bagit.mjs` puts it: a folder of this user's own. */
export const bagitFolder = join(tmpdir(), `wholesource-services-${userInfo().username}`, `bagit-${bagitVersion}`);
