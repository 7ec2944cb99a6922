/**
 * `npm start`: builds, then verifies the sample, or the release named first after `--`.
 * Nothing but the report goes to stdout.
 */
import { spawnSync } from "node:child_process";
import { resolve } from "node:path";

const root = resolve(import.meta.dirname, "..");
const args = process.argv.slice(2);
const [first] = args;
const named = first !== undefined && (first === "-" || !first.startsWith("-"));

/** stdin, stdout and stderr are ours, so that a manifest can come by pipe and a report go by pipe. */
function runNode(script, scriptArgs) {
  const { status, signal, error } = spawnSync(process.execPath, [resolve(root, script), ...scriptArgs], {
    stdio: "inherit",
  });
  if (error !== undefined) throw error;
  return signal === null ? (status ?? 1) : 1;
}

const built = runNode("scripts/build.mjs", ["--no-types"]);
process.exitCode =
  built === 0 ? runNode("bin/wholesource.js", ["verify", ...(named ? [] : ["samples/iris-softmax"]), ...args]) : built;
