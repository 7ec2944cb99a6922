/** Git's own server for http, behind nginx as forges run it, and repositories that real git made. */
import { execFileSync, spawn } from "node:child_process";
import { mkdir, mkdtemp, rm, stat } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { endWithUs } from "./ended.ts";
import { find, need } from "./need.ts";
import { startNginx } from "./nginx.ts";

/** Git as nobody's: no settings of this machine's, and the same author at the same time, so that ids are the same. */
export const gitEnvironment = {
  PATH: process.env.PATH,
  LC_ALL: "C",
  GIT_CONFIG_NOSYSTEM: "1",
  GIT_CONFIG_GLOBAL: "/dev/null",
  GIT_TERMINAL_PROMPT: "0",
  GIT_AUTHOR_NAME: "A",
  GIT_AUTHOR_EMAIL: "a@example.org",
  GIT_AUTHOR_DATE: "2024-01-02T03:04:05Z",
  GIT_COMMITTER_NAME: "C",
  GIT_COMMITTER_EMAIL: "c@example.org",
  GIT_COMMITTER_DATE: "2024-01-02T03:04:05Z",
};

/** Runs git in a folder; gives what it wrote, without the last line's end. */
export function git(folder: string, argv: readonly string[], input?: string | Uint8Array): string {
  return execFileSync("git", argv, {
    cwd: folder,
    env: { ...gitEnvironment, HOME: folder },
    encoding: "utf8",
    maxBuffer: 64 * 1024 * 1024,
    stdio: ["pipe", "pipe", "pipe"],
    ...(input === undefined ? {} : { input }),
  }).replace(/\n$/, "");
}

/** The same while this process goes on: for what a server of ours has to answer. */
export async function gitBeside(folder: string, argv: readonly string[]): Promise<void> {
  const child = spawn("git", argv, {
    cwd: folder,
    env: { ...gitEnvironment, HOME: folder },
    stdio: ["ignore", "ignore", "pipe"],
  });
  let said = "";
  child.stderr.on("data", (chunk) => {
    said += String(chunk);
  });
  const code = await new Promise((resolve) => child.once("close", resolve));
  if (code !== 0) throw new Error(`git ${argv[0]}: ${said}`);
}

/** A new repository with a work tree, on the branch `main`. */
export function createRepository(folder: string, ...options: readonly string[]): string {
  git(tmpdir(), ["init", "--quiet", "--template=", "--initial-branch=main", ...options, folder]);
  return folder;
}

/** Commits all that lies in the work tree; gives the commit's id. */
export function commitAll(folder: string, message = "all"): string {
  git(folder, ["add", "--all"]);
  git(folder, ["commit", "--quiet", "--allow-empty", "--message", message]);
  return git(folder, ["rev-parse", "HEAD"]);
}

export interface GitServer {
  /** Without a `/` at the end. */
  readonly origin: string;
  /** Repositories below it, current protocol; `old` speaks to them as servers did before 2018, `private` wants a login. */
  readonly at: { readonly url: string; readonly old: string; readonly private: string };
  /** The folder of the bare repositories that are served. */
  readonly projects: string;
  /** Takes a repository over under a name; gives its bare folder. */
  publish(repository: string, name: string): string;
  close(): Promise<void>;
}

/** The login of `private`. */
export const privateLogin = { login: "reader", password: "s3cret-word" };

/** Skips where a program is missing. */
export const needGitServer = (): ReturnType<typeof need> => need("git", "nginx", "fcgiwrap");

/** Starts it on loopback; `locations` are more nginx blocks, which come first. */
export async function startGitServer(locations = ""): Promise<GitServer> {
  const program = find("fcgiwrap");
  if (program === undefined) throw new Error("fcgiwrap is not installed");
  const folder = await mkdtemp(join(tmpdir(), "wholesource-git-"));
  const projects = join(folder, "projects");
  await mkdir(projects);
  const socket = join(folder, "socket");
  const child = spawn(program, ["-c", "4", "-s", `unix:${socket}`], {
    stdio: "ignore",
    env: { ...gitEnvironment, HOME: folder },
    // Its children do not end with it, so the whole group is ended.
    detached: true,
  });
  const ended = new Promise<void>((resolve) => child.once("exit", () => resolve()));
  endWithUs(child, "group");
  const stop = async (): Promise<void> => {
    if (child.pid !== undefined) process.kill(-child.pid, "SIGKILL");
    await ended;
    await rm(folder, { recursive: true, force: true });
  };
  for (let tries = 0; tries < 100 && !(await isThere(socket)); tries += 1) await sleep(20);
  const backend = join(execFileSync("git", ["--exec-path"], { encoding: "utf8" }).trim(), "git-http-backend");
  const passwords = join(folder, "passwords");
  const { login, password } = privateLogin;
  execFileSync("sh", ["-c", `printf '%s:{PLAIN}%s\\n' "$1" "$2" > "$3"`, "sh", login, password, passwords]);
  const serve = (prefix: string, more: string): string => `
    location ~ ^/${prefix}(/.*)$ {
      ${more}
      client_max_body_size 0;
      fastcgi_param SCRIPT_FILENAME ${backend};
      fastcgi_param GIT_HTTP_EXPORT_ALL "";
      fastcgi_param GIT_PROJECT_ROOT ${projects};
      fastcgi_param PATH_INFO $1;
      fastcgi_param QUERY_STRING $query_string;
      fastcgi_param REQUEST_METHOD $request_method;
      fastcgi_param CONTENT_TYPE $content_type;
      fastcgi_param CONTENT_LENGTH $content_length;
      fastcgi_param HTTP_CONTENT_ENCODING $http_content_encoding;
      fastcgi_param REMOTE_USER $remote_user;
      fastcgi_param REMOTE_ADDR $remote_addr;
      fastcgi_pass unix:${socket};
    }`;
  const now = "fastcgi_param GIT_PROTOCOL $http_git_protocol;";
  const blocks = [
    locations,
    serve("git", now),
    serve("old", "fastcgi_param GIT_PROTOCOL version=0;"),
    serve("private", `auth_basic "git"; auth_basic_user_file ${passwords}; ${now}`),
  ];
  const nginx = await startNginx(blocks.join("\n")).catch(async (error: unknown) => {
    await stop();
    throw error;
  });
  return {
    origin: nginx.origin,
    at: { url: `${nginx.origin}/git`, old: `${nginx.origin}/old`, private: `${nginx.origin}/private` },
    projects,
    publish(repository, name) {
      const bare = join(projects, name);
      git(folder, ["clone", "--quiet", "--bare", "--template=", repository, bare]);
      git(bare, ["config", "uploadpack.allowFilter", "true"]);
      git(bare, ["config", "http.receivepack", "true"]);
      return bare;
    },
    async close() {
      await nginx.close();
      await stop();
    },
  };
}

async function isThere(path: string): Promise<boolean> {
  return stat(path).then(
    () => true,
    () => false,
  );
}
