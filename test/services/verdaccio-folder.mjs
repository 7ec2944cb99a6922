import { tmpdir, userInfo } from "node:os";
import { join } from "node:path";

/** The newest version that runs on Node 20. */
export const verdaccioVersion = "6.8.0";

/** Where `install-verdaccio.mjs` puts it: a folder of this user's own. */
export const verdaccioFolder = join(
  tmpdir(),
  `wholesource-services-${userInfo().username}`,
  `verdaccio-${verdaccioVersion}`,
);
