import { tmpdir, userInfo } from "node:os";
import { join } from "node:path";

/** The newest version of the archive's own client. */
export const swhClientVersion = "0.9.2";

/** Where `install-swh.mjs` puts it: a folder of this user's own. */
export const swhFolder = join(
  tmpdir(),
  `wholesource-services-${userInfo().username}`,
  `swh.web.client-${swhClientVersion}`,
);
