import { readFile } from "node:fs/promises";
import { homedir } from "node:os";
import { join } from "node:path";
import { netrcLogin } from "./netrc.ts";
import type { Settings, SettingsOptions } from "./settings.ts";

/** Variables of the user's that git, or what it starts, may see. */
const passed: ReadonlySet<string> = new Set(["PATH", "SSH_AUTH_SOCK", "GIT_SSL_CAINFO"]);

/** Hosts that a password may go to in the clear: this machine. */
const loopback: ReadonlySet<string> = new Set(["127.0.0.1", "[::1]", "localhost"]);

/**
 * `git.PATH`, `git.SSH_AUTH_SOCK`, `git.GIT_SSL_CAINFO` and `git.HOME` from the environment, and
 * `git.authorization:<url>`, the header value for that URL's host by the user's `.netrc`.
 */
export function gitSettings({ env }: SettingsOptions): Settings {
  let netrc: Promise<string> | undefined;
  return async (name) => {
    const question = name.slice("git.".length);
    if (passed.has(question)) return env[question];
    if (question === "HOME") return env.HOME;
    const subject = /^authorization:(.+)$/s.exec(question)?.[1] ?? "";
    if (!URL.canParse(subject)) return undefined;
    const { protocol, hostname } = new URL(subject);
    if (protocol !== "https:" && !(protocol === "http:" && loopback.has(hostname))) return undefined;
    netrc ??= readFile(env.NETRC ?? join(env.HOME ?? homedir(), ".netrc"), "utf8").catch(() => "");
    const found = netrcLogin(await netrc, hostname);
    if (found === undefined) return undefined;
    return `Basic ${Buffer.from(`${found.login}:${found.password}`).toString("base64")}`;
  };
}
