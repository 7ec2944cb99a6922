import { isIP } from "node:net";
import { dirname } from "node:path";
import type { Authorization } from "../io/http.ts";
import type { Ended, Running, Start } from "../io/process.ts";
import type { Refusal } from "../model/evidence.ts";
import { refuse } from "../model/refusal.ts";
import { gitRefusal } from "./git-refusal.ts";
import type { Remote } from "./git-remote.ts";
import { sshCommand } from "./git-ssh.ts";
import type { ResolveContext } from "./resolver.ts";

/** Git, held to one repository of ours and to one host. */
export interface Git {
  /** Our own bare repository; there when `init` has made it. */
  readonly folder: string;
  readonly scratch: string;
  readonly remote: Remote;
  /** Does something that asks nobody. */
  readonly local: (argv: readonly string[], limits?: Limits) => Promise<Output>;
  /** The same, to be talked with. */
  readonly talk: (argv: readonly string[]) => Running;
  /** Does something that asks the host, and only that host. */
  readonly ask: (argv: readonly string[], limits?: Limits) => Promise<Output>;
  readonly listen: (argv: readonly string[]) => Running;
}

interface Limits {
  /** Bytes of output. */
  readonly maxBytes?: number;
}

/** What git wrote when it was content; else what it said. */
export type Output =
  | { readonly status: "done"; readonly text: string }
  | { readonly status: "failed"; readonly refusal: Refusal; readonly stderr: string };

/** The first version that can be held to an address (`http.curloptResolve`). */
const firstVersion = [2, 37] as const;
/** Bytes of output where nobody says otherwise. */
const outputMaxBytes = 1024 * 1024;
/** Milliseconds after which git is ended, whatever it does: a slow host is noticed long before. */
const timeout = 12 * 60 * 60 * 1000;
/** Where programs are on a system that does not tell. */
const usualPath = "/usr/local/bin:/usr/bin:/bin";

/** What no repository and no user's own configuration may decide. */
const settings: readonly string[] = [
  "core.hooksPath=/dev/null",
  "core.fsmonitor=false",
  "core.symlinks=false",
  "core.pager=cat",
  "core.askPass=false",
  // A blob above it goes through git as a stream.
  "core.bigFileThreshold=32m",
  "credential.helper=",
  "protocol.version=2",
  "protocol.allow=never",
  "protocol.ext.allow=never",
  "submodule.recurse=false",
  "fetch.recurseSubmodules=false",
  "fetch.writeCommitGraph=false",
  // Packs stay packs.
  "fetch.unpackLimit=1",
  "transfer.fsckObjects=true",
  "transfer.bundleURI=false",
  "transfer.credentialsInUrl=die",
  // Faults of old tools in many good repositories, which change nothing of what the files are.
  "fetch.fsck.badTimezone=ignore",
  "fetch.fsck.missingSpaceBeforeDate=ignore",
  "fetch.fsck.zeroPaddedFilemode=ignore",
  "gc.auto=0",
  "maintenance.auto=false",
  "http.followRedirects=false",
  "http.proxy=",
  "http.sslVerify=true",
  "http.lowSpeedLimit=1000",
  "http.lowSpeedTime=60",
];

/** Opens git for one repository, in a folder of the run. Nothing is asked yet. */
export async function openGit(
  remote: Remote,
  context: ResolveContext,
  access: { readonly authorization?: Authorization | undefined; readonly operatorEndpoint?: boolean } = {},
): Promise<Git | Refusal> {
  const addresses =
    remote.scheme === "file"
      ? []
      : await context.admit(remote.hostname, { operatorEndpoint: access.operatorEndpoint === true });
  if ("status" in addresses) return addresses;
  const scratch = await context.scratch();
  const folder = `${scratch}/repository`;
  const path = (await context.setting("git.PATH")) ?? usualPath;
  const ssh = remote.scheme === "ssh" ? await sshCommand(remote, addresses, context) : {};
  const environment = {
    PATH: path,
    HOME: scratch,
    LC_ALL: "C",
    GIT_CONFIG_NOSYSTEM: "1",
    GIT_CONFIG_SYSTEM: "/dev/null",
    GIT_CONFIG_GLOBAL: "/dev/null",
    GIT_ATTR_NOSYSTEM: "1",
    GIT_TERMINAL_PROMPT: "0",
    GIT_ASKPASS: "false",
    SSH_ASKPASS: "false",
    SSH_ASKPASS_REQUIRE: "never",
    GIT_PROTOCOL_FROM_USER: "0",
    GIT_NO_LAZY_FETCH: "1",
    GIT_LFS_SKIP_SMUDGE: "1",
    GIT_LITERAL_PATHSPECS: "1",
    GIT_CEILING_DIRECTORIES: dirname(scratch),
    // Reading what was fetched asks nobody, whatever is missing.
    GIT_ALLOW_PROTOCOL: "none",
  };
  const asking = {
    ...environment,
    ...ssh,
    GIT_ALLOW_PROTOCOL: remote.scheme,
    GIT_SSL_CAINFO: await context.setting("git.GIT_SSL_CAINFO"),
    ...secretSettings(remote, access.authorization),
  };
  const options = [...settings, ...heldTo(remote, addresses)].flatMap((one) => ["-c", one]);
  const begin = (env: StartEnvironment, argv: readonly string[], maxBytes?: number): Running =>
    context.start("git", ["--no-pager", ...options, `--git-dir=${folder}`, ...argv], {
      env,
      // Never where the user stands: a repository there would have a say.
      cwd: scratch,
      timeout,
      signal: context.signal,
      ...(maxBytes === undefined ? {} : { maxBytes }),
    });
  const version = await outputOf(begin(environment, ["version"], outputMaxBytes));
  if (version.status === "failed") return version.refusal;
  const [major = 0, minor = 0] = /(\d+)\.(\d+)/.exec(version.text)?.slice(1).map(Number) ?? [];
  if (major < firstVersion[0] || (major === firstVersion[0] && minor < firstVersion[1])) {
    return refuse("program-missing", `git ${major}.${minor} is too old: ${firstVersion.join(".")} is needed`);
  }
  return {
    folder,
    scratch,
    remote,
    local: (argv, { maxBytes = outputMaxBytes } = {}) => outputOf(begin(environment, argv, maxBytes)),
    talk: (argv) => begin(environment, argv),
    ask: (argv, { maxBytes = outputMaxBytes } = {}) => outputOf(begin(asking, argv, maxBytes)),
    listen: (argv) => begin(asking, argv),
  };
}

type StartEnvironment = Parameters<Start>[2]["env"];

/** The one scheme that is spoken, and the addresses that the host was found at: the name is not looked up again. */
function heldTo({ scheme, hostname, port }: Remote, addresses: readonly string[]): readonly string[] {
  const allowed = [`protocol.${scheme}.allow=always`];
  if ((scheme !== "https" && scheme !== "http") || isIP(hostname) !== 0) return allowed;
  const written = addresses.map((address) => (isIP(address) === 6 ? `[${address}]` : address));
  return [...allowed, `http.curloptResolve=${hostname}:${port}:${written.join(",")}`];
}

/** A credential goes through the environment, which no other user can read, and to this origin alone. */
function secretSettings(
  { url }: Remote,
  authorization: Authorization | undefined,
): { readonly [name: string]: string } {
  const headers = authorization?.scheme === "headers" ? Object.entries(authorization.headers) : [];
  const variables: { [name: string]: string } = {};
  if (headers.length === 0) return variables;
  const { origin } = new URL(url);
  variables.GIT_CONFIG_COUNT = String(headers.length);
  for (const [at, [name, value]] of headers.entries()) {
    variables[`GIT_CONFIG_KEY_${at}`] = `http.${origin}/.extraHeader`;
    variables[`GIT_CONFIG_VALUE_${at}`] = `${name}: ${value}`;
  }
  return variables;
}

async function outputOf(running: Running): Promise<Output> {
  running.endInput();
  const chunks: Uint8Array[] = [];
  for await (const chunk of running.stdout) chunks.push(chunk);
  const ended = await running.ended;
  if (ended.status === "exited" && ended.code === 0) return { status: "done", text: Buffer.concat(chunks).toString() };
  return { status: "failed", refusal: endedBadly(ended), stderr: ended.stderr };
}

/** What a git that did not come to a good end stands for. */
export function endedBadly(ended: Ended): Refusal {
  if (ended.status === "exited") return gitRefusal(ended.stderr);
  switch (ended.reason) {
    case "not-found":
      return refuse("program-missing", "git is not installed, or not where programs are looked for");
    case "not-started":
      return refuse("program-missing", `git can not be started: ${ended.message}`);
    case "aborted":
      return refuse("interrupted", "the run was stopped");
    case "timeout":
      return refuse("deadline", "git did not come to an end");
    case "too-large":
      return refuse("too-large", "git had more to say than is read");
    case "killed":
      return gitRefusal(ended.stderr, "interrupted");
  }
}
