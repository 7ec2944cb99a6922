/** A private sshd on loopback that lets in one key, as this very user, to repositories and nothing else. */
import { execFileSync, spawn } from "node:child_process";
import { chmod, mkdir, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { connect } from "node:net";
import { tmpdir, userInfo } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { endWithUs } from "./ended.ts";
import { find, need } from "./need.ts";
import { freePort } from "./program.ts";

export interface SshServer {
  readonly port: number;
  readonly user: string;
  /** A home folder whose `.ssh` has the key and knows the host. */
  readonly home: string;
  close(): Promise<void>;
}

export const needSshServer = (): ReturnType<typeof need> => need("git", "sshd", "ssh", "ssh-keygen");

/** Starts it. */
export async function startSsh(): Promise<SshServer> {
  const program = find("sshd");
  if (program === undefined) throw new Error("sshd is not installed");
  const folder = await mkdtemp(join(tmpdir(), "wholesource-ssh-"));
  const home = join(folder, "home");
  await mkdir(join(home, ".ssh"), { recursive: true, mode: 0o700 });
  const hostKey = join(folder, "host_key");
  const key = join(home, ".ssh/id_ed25519");
  for (const file of [hostKey, key]) execFileSync("ssh-keygen", ["-q", "-t", "ed25519", "-N", "", "-f", file]);
  const port = await freePort();
  const authorized = join(folder, "authorized_keys");
  await writeFile(
    authorized,
    `restrict,command="git-shell -c \\"$SSH_ORIGINAL_COMMAND\\"" ${await readFile(`${key}.pub`, "utf8")}`,
  );
  const knownHosts = join(home, ".ssh/known_hosts");
  // Of a host at an unusual port the name is written with it; an alias stands without.
  await writeFile(knownHosts, `127.0.0.1 ${await readFile(`${hostKey}.pub`, "utf8")}`);
  await chmod(key, 0o600);
  const config = join(folder, "sshd_config");
  await writeFile(
    config,
    [
      `Port ${port}`,
      "ListenAddress 127.0.0.1",
      `HostKey ${hostKey}`,
      `AuthorizedKeysFile ${authorized}`,
      `PidFile ${join(folder, "pid")}`,
      "StrictModes no",
      "UsePAM no",
      "PasswordAuthentication no",
      "KbdInteractiveAuthentication no",
      "PermitRootLogin prohibit-password",
    ].join("\n"),
  );
  // Started by root it wants an empty folder of its own there.
  if (userInfo().uid === 0) await mkdir("/run/sshd", { recursive: true, mode: 0o755 });
  const child = spawn(program, ["-D", "-e", "-f", config], { stdio: "ignore" });
  const ended = new Promise<void>((resolve) => child.once("exit", () => resolve()));
  endWithUs(child);
  const close = async (): Promise<void> => {
    child.kill("SIGTERM");
    await ended;
    await rm(folder, { recursive: true, force: true });
  };
  for (let tries = 0; tries < 100 && !(await isOpen(port)); tries += 1) await sleep(50);
  return { port, user: userInfo().username, home, close };
}

async function isOpen(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect({ port, host: "127.0.0.1" });
    socket.once("connect", () => {
      socket.destroy();
      resolve(true);
    });
    socket.once("error", () => resolve(false));
  });
}
