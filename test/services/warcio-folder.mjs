import { tmpdir, userInfo } from "node:os";
import { join } from "node:path";

/** The newest versions of the web archivists' own reader and of what makes indexes with it. */
export const warcioVersion = "1.8.1";
export const cdxjIndexerVersion = "1.5.0";

/** Where `install-warcio.mjs` puts them: a folder of this user's own. */
export const warcioFolder = join(
  tmpdir(),
  `wholesource-services-${userInfo().username}`,
  `warcio-${warcioVersion}-cdxj-indexer-${cdxjIndexerVersion}`,
);
