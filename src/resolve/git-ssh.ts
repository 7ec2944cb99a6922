import type { Remote } from "./git-remote.ts";
import type { ResolveContext } from "./resolver.ts";

/** The keys that ssh tries by itself, in its own order. */
const keyNames = ["id_ed25519", "id_ecdsa", "id_rsa"] as const;

/**
 * How git calls ssh: with the user's own keys and known hosts and nothing else of theirs, asking nothing, and connected
 * to the address that was checked.
 */
export async function sshCommand(
  { hostname }: Remote,
  addresses: readonly string[],
  { setting }: ResolveContext,
): Promise<{ readonly [name: string]: string | undefined }> {
  const home = await setting("git.HOME");
  const options = [
    "BatchMode=yes",
    "StrictHostKeyChecking=yes",
    "CheckHostIP=no",
    `HostName=${addresses[0] ?? hostname}`,
    `HostKeyAlias=${hostname}`,
    "ConnectTimeout=10",
    "ConnectionAttempts=1",
    "ServerAliveInterval=20",
    "ServerAliveCountMax=3",
    "ClearAllForwardings=yes",
    "ForwardAgent=no",
    "ForwardX11=no",
    "PermitLocalCommand=no",
    "ControlMaster=no",
    "ControlPath=none",
    "UpdateHostKeys=no",
    ...(home === undefined ? [] : [`UserKnownHostsFile="${sshText(home)}/.ssh/known_hosts"`]),
    ...(home === undefined ? [] : keyNames.map((name) => `IdentityFile="${sshText(home)}/.ssh/${name}"`)),
  ];
  return {
    GIT_SSH_COMMAND: ["ssh", "-F", "/dev/null", ...options.flatMap((option) => ["-o", option])].map(quoted).join(" "),
    GIT_SSH_VARIANT: "ssh",
    SSH_AUTH_SOCK: await setting("git.SSH_AUTH_SOCK"),
  };
}

/** One word of a shell's command line, whatever is in it. */
function quoted(word: string): string {
  return `'${word.replaceAll("'", "'\\''")}'`;
}

/** A path inside the quotes of one of ssh's options. */
function sshText(path: string): string {
  return path.replaceAll("%", "%%").replace(/["\\]/g, "\\$&");
}
