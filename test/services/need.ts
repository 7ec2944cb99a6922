/** What a test needs from the machine: real servers and real tools, not stand-ins. `install` beside this file gets them. */
import { accessSync, constants, statSync } from "node:fs";
import { delimiter, join } from "node:path";
import { describe } from "vitest";

/** Where Debian keeps the servers; a plain user's PATH leaves these folders out. */
const serverFolders = ["/usr/sbin", "/usr/local/sbin", "/sbin"];

/** The path of a program, or undefined when the machine lacks it. */
export function find(program: string): string | undefined {
  return [...(process.env.PATH ?? "").split(delimiter), ...serverFolders]
    .map((folder) => join(folder, program))
    .find((file) => {
      try {
        accessSync(file, constants.X_OK);
        return statSync(file).isFile();
      } catch {
        return false;
      }
    });
}

/** `describe`, or what stands in for it. */
export type Suite = (name: string, tests: () => void) => void;

/** `describe` for tests that need these programs; see `needThat`. */
export function need(...programs: readonly string[]): Suite {
  const missing = programs.filter((program) => find(program) === undefined);
  return needThat(missing.length === 0, missing.join(", "), "test/services/install");
}

/**
 * `describe` where what the tests need is there. Where it is not they are skipped with a word that says so; under CI
 * that is a failure, because a skipped test proves nothing.
 */
export function needThat(isThere: boolean, what: string, command: string): Suite {
  if (isThere) return describe;
  const message = `missing: ${what} (${command} gets what is missing)`;
  if (process.env.CI !== undefined && process.env.CI !== "") throw new Error(message);
  return (name, tests) => {
    process.stderr.write(`skipped: ${name}: ${message}\n`);
    describe.skip(name, tests);
  };
}
