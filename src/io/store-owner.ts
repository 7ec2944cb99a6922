/**
 * Who works on a partial file: written into its name, so that taking it over is one rename. An owner is a process; its
 * machine, boot, process namespace and start time tell whether it is still there, also when its number was given anew.
 */
import { createHash, randomBytes } from "node:crypto";
import { readFileSync, readlinkSync } from "node:fs";
import { hostname } from "node:os";

/** `gone`: its files may be taken. `unknown`: it can not be asked, so its files must have been still for long. */
export type OwnerState = "ours" | "alive" | "gone" | "unknown";

/** The name of nobody. */
export const IDLE = "idle";

/** This process, as it is written into names. */
export function ownerName(): string {
  const start = startOf(process.pid) ?? "0";
  return [short(hostname()), short(bootId()), short(namespace()), process.pid, start].join("-");
}

/** What is known about the process behind a name. */
export function ownerState(name: string): OwnerState {
  if (name === IDLE) return "gone";
  const own = ownerName();
  if (name === own) return "ours";
  const [host, boot, space, pid, start] = name.split("-");
  const [ownHost, ownBoot, ownSpace] = own.split("-");
  if (host !== ownHost) return "unknown";
  if (boot !== ownBoot) return "gone";
  if (space !== ownSpace) return "unknown";
  return isAlive(Number(pid), start) ? "alive" : "gone";
}

function isAlive(pid: number, start: string | undefined): boolean {
  if (!Number.isSafeInteger(pid) || pid <= 0) return false;
  const running = startOf(pid);
  if (running !== undefined) return running === start;
  if (startOf(process.pid) !== undefined) return false;
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return error instanceof Error && "code" in error && error.code === "EPERM";
  }
}

/** The start time of a process in clock ticks since boot, where the system tells it. */
function startOf(pid: number): string | undefined {
  const stat = readText(`/proc/${pid}/stat`);
  // The second field is the program's name in brackets and may hold anything.
  return stat?.slice(stat.lastIndexOf(")") + 2).split(" ")[19];
}

const bootId = (): string => readText("/proc/sys/kernel/random/boot_id") ?? "";

function namespace(): string {
  try {
    return readlinkSync("/proc/self/ns/pid");
  } catch {
    return "";
  }
}

function readText(path: string): string | undefined {
  try {
    return readFileSync(path, "utf8");
  } catch {
    return undefined;
  }
}

const short = (text: string): string => createHash("sha256").update(text).digest("hex").slice(0, 8);

/** A name that nobody else makes. */
export const nonce = (): string => randomBytes(8).toString("hex");
