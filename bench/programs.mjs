/** The peers, and what else a contest needs. */
import { accessSync, constants } from "node:fs";
import { delimiter, join } from "node:path";

const peers = ["openssl", "sha256sum", "rhash", "hashdeep", "b3sum", "curl", "wget", "aria2c", "xargs", "nginx"];
/** Debian keeps servers where a plain user's PATH does not look. */
const folders = [...(process.env.PATH ?? "").split(delimiter), "/usr/sbin", "/usr/local/sbin"];

/**
 * The path of a program, or undefined.
 * @param {string} program
 */
export function find(program) {
  return folders
    .map((folder) => join(folder, program))
    .find((file) => {
      try {
        accessSync(file, constants.X_OK);
        return true;
      } catch {
        return false;
      }
    });
}

/** Peers that this machine lacks. */
export function missingPrograms() {
  return peers.filter((program) => find(program) === undefined);
}
