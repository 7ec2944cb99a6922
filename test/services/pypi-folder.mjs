import { tmpdir, userInfo } from "node:os";
import { join } from "node:path";

/** Two indexes: one speaks the JSON form of the simple API, the other HTML alone, with passwords. */
export const pypiPackages = ["simple-repository-server==0.10.0", "pypiserver[passlib]==2.4.2"];

/** Where `install-pypi.mjs` puts them: a folder of this user's own. */
export const pypiFolder = join(tmpdir(), `wholesource-services-${userInfo().username}`, "pypi-1");
