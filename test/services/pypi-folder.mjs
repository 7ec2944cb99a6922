import { tmpdir, userInfo } from "node:os";
import { join } from "node:path";

/**
 * Two indexes: one speaks the JSON form of the simple API, the other HTML alone, with passwords. And the clients of two
 * hubs, which judge the servers that stand for these; of one the last version that can be sent to another address.
 */
export const pypiPackages = [
  "simple-repository-server==0.10.0",
  "pypiserver[passlib]==2.4.2",
  "kagglehub==0.3.12",
  "modelscope-hub==0.5.1",
];

/** Where `install-pypi.mjs` puts them: a folder of this user's own. */
export const pypiFolder = join(tmpdir(), `wholesource-services-${userInfo().username}`, "pypi-2");
