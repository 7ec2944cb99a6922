import { tmpdir, userInfo } from "node:os";
import { join } from "node:path";

/** The newest version of the community's validator, and of its Python library. */
export const rocValidatorVersion = "0.13.0";
export const rocrateVersion = "0.16.0";

/** Where `install-rocrate.mjs` puts both: a folder of this user's own. */
export const rocrateFolder = join(
  tmpdir(),
  `wholesource-services-${userInfo().username}`,
  `roc-validator-${rocValidatorVersion}-rocrate-${rocrateVersion}`,
);
