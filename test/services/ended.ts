/** Servers that go with the test that started them. */
import type { ChildProcess } from "node:child_process";

/** Kills it when this process ends, should its test file break off before; `group` is all that it started, too. */
export function endWithUs(child: ChildProcess, group?: "group"): void {
  const kill = (): void => {
    if (group === undefined || child.pid === undefined) child.kill("SIGKILL");
    else process.kill(-child.pid, "SIGKILL");
  };
  process.once("exit", kill);
  child.once("exit", () => process.removeListener("exit", kill));
}
