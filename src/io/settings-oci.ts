import { readFile } from "node:fs/promises";
import { homedir } from "node:os";
import { join, resolve } from "node:path";
import { type Start, start } from "./process.ts";
import type { Settings, SettingsOptions } from "./settings.ts";

/** A file of logins is written by hand or by a program; it is never large. Bytes. */
const FILE_MAX_BYTES = 1024 * 1024;
/** How long a credential helper may take, in milliseconds: it may have to unlock a key ring. */
const HELPER_TIMEOUT = 30_000;
/** What a credential helper answers is smaller than this. Bytes. */
const HELPER_MAX_BYTES = 64 * 1024;

type JsonObject = { readonly [key: string]: unknown };

/**
 * The logins that docker, podman and their kin keep:
 * `oci.credential:<host>/<repository>`, one of `Basic <base64>`, `Identity <token>` (to be changed for a token at the
 * token service) and `Bearer <token>`; and `oci.realms:<host>`, the hosts besides its own, separated by commas, whose
 * token service may see that registry's logins (`WHOLESOURCE_OCI_REALMS`: `registry=host`, with blanks between them).
 *
 * A helper program is started only where one of these files of the user's own names it.
 */
export function ociSettings(options: SettingsOptions, startProgram: Start = start): Settings {
  let files: Promise<readonly JsonObject[]> | undefined;
  return async (name) => {
    const [, question, subject] = /^oci\.(credential|realms):(.+)$/s.exec(name) ?? [];
    if (subject === undefined) return undefined;
    if (question === "realms") return realmsOf(options.env.WHOLESOURCE_OCI_REALMS ?? "", subject);
    files ??= readFiles(options);
    for (const file of await files) {
      const credential = await credentialIn(file, keysOf(subject), options, startProgram);
      if (credential !== undefined) return credential;
    }
    return undefined;
  };
}

function realmsOf(text: string, registry: string): string | undefined {
  const hosts = text
    .split(/\s+/)
    .map((pair) => pair.split("="))
    .flatMap(([from, to]) => (from?.toLowerCase() === registry && to !== undefined ? [to.toLowerCase()] : []));
  return hosts.length === 0 ? undefined : hosts.join(",");
}

/** Podman keeps to the one file that it is told of; otherwise docker's is asked first, then podman's. */
async function readFiles({ env, cwd }: SettingsOptions): Promise<readonly JsonObject[]> {
  const home = env.HOME ?? env.USERPROFILE ?? homedir();
  const told = env.REGISTRY_AUTH_FILE;
  const docker = join(set(env.DOCKER_CONFIG) ?? join(home, ".docker"), "config.json");
  const runtime = set(env.XDG_RUNTIME_DIR);
  const config = set(env.XDG_CONFIG_HOME) ?? join(home, ".config");
  const paths =
    set(told) === undefined
      ? [docker, ...[...(runtime === undefined ? [] : [runtime]), config].map((at) => join(at, "containers/auth.json"))]
      : [told ?? "", ...(set(env.DOCKER_CONFIG) === undefined ? [] : [docker])];
  const files = await Promise.all(paths.map((path) => readObject(resolve(cwd, path))));
  return files.filter((file) => file !== undefined);
}

function set(value: string | undefined): string | undefined {
  return value === "" ? undefined : value;
}

async function readObject(path: string): Promise<JsonObject | undefined> {
  try {
    const bytes = await readFile(path);
    return bytes.length > FILE_MAX_BYTES ? undefined : asObject(JSON.parse(bytes.toString("utf8")));
  } catch {
    // Not there, not to be read, not JSON: then there is no login in it.
    return undefined;
  }
}

/** The names under which a login may be kept, the closest first: podman knows logins for a part of a registry. */
function keysOf(subject: string): readonly string[] {
  const segments = subject.split("/");
  const paths = segments.map((_, index) => segments.slice(0, segments.length - index).join("/"));
  const host = segments[0] ?? "";
  return isDockerHub(host) ? [...paths, "index.docker.io", "docker.io"] : paths;
}

function isDockerHub(host: string): boolean {
  return host === "docker.io" || host === "index.docker.io" || host === "registry-1.docker.io";
}

async function credentialIn(
  file: JsonObject,
  keys: readonly string[],
  { env, cwd }: SettingsOptions,
  startProgram: Start,
): Promise<string | undefined> {
  const kept = new Map(Object.entries(asObject(file.auths) ?? {}).map(([key, value]) => [plainKey(key), value]));
  const helpers = asObject(file.credHelpers) ?? {};
  for (const key of keys) {
    const name = Object.hasOwn(helpers, key) ? helpers[key] : undefined;
    const helped = name === undefined ? undefined : await askHelper(name, serverOf(key), env, cwd, startProgram);
    if (helped !== undefined) return helped;
    const login = written(asObject(kept.get(key)));
    if (login !== undefined) return login;
  }
  // The store is asked for whole hosts only: podman's keys with a path are no docker names.
  const host = keys.find((key) => !key.includes("/")) ?? "";
  const server = isDockerHub(host) ? "index.docker.io" : host;
  return file.credsStore === undefined
    ? undefined
    : askHelper(file.credsStore, serverOf(server), env, cwd, startProgram);
}

/** Docker wrote its own registry, and once every one, as a URL. */
function plainKey(key: string): string {
  const isUrl = /^https?:\/\//i.test(key);
  const rest = key.replace(/^https?:\/\//i, "").toLowerCase();
  return isUrl ? rest.slice(0, rest.search(/\/|$/)) : rest.replace(/\/$/, "");
}

function serverOf(key: string): string {
  return key === "index.docker.io" || key === "docker.io" ? "https://index.docker.io/v1/" : key;
}

function written(login: JsonObject | undefined): string | undefined {
  if (login === undefined) return undefined;
  const token = asText(login.identitytoken);
  if (token !== undefined) return `Identity ${token}`;
  const bearer = asText(login.registrytoken);
  if (bearer !== undefined) return `Bearer ${bearer}`;
  const auth = asText(login.auth);
  if (auth !== undefined && /^[A-Za-z0-9+/]+={0,2}$/.test(auth)) {
    return Buffer.from(auth, "base64").includes(":") ? `Basic ${auth}` : undefined;
  }
  return basic(login.username, login.password);
}

function basic(username: unknown, password: unknown): string | undefined {
  if (typeof username !== "string" || typeof password !== "string" || username === "") return undefined;
  return `Basic ${Buffer.from(`${username}:${password}`, "utf8").toString("base64")}`;
}

/** What a header can carry. */
function asText(value: unknown): string | undefined {
  return typeof value === "string" && /^[\x21-\x7e]+$/.test(value) ? value : undefined;
}

function asObject(value: unknown): JsonObject | undefined {
  return typeof value === "object" && value !== null && !Array.isArray(value) ? (value as JsonObject) : undefined;
}

/** Asks the program `docker-credential-<name>`; the server's name goes to its input and not to its arguments. */
async function askHelper(
  name: unknown,
  server: string,
  env: SettingsOptions["env"],
  cwd: string,
  startProgram: Start,
): Promise<string | undefined> {
  // No path, no blank, no option: the name of a program and nothing else.
  if (typeof name !== "string" || !/^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$/.test(name)) return undefined;
  // The user's own program, named in the user's own file, gets the user's own environment: some live on it.
  const child = startProgram(`docker-credential-${name}`, ["get"], {
    env,
    cwd: env.HOME ?? env.USERPROFILE ?? cwd,
    timeout: HELPER_TIMEOUT,
    maxBytes: HELPER_MAX_BYTES,
  });
  await child.write(`${server}\n`);
  child.endInput();
  const chunks: Uint8Array[] = [];
  for await (const chunk of child.stdout) chunks.push(chunk);
  const ended = await child.ended;
  if (ended.status !== "exited" || ended.code !== 0) return undefined;
  try {
    const answer = asObject(JSON.parse(Buffer.concat(chunks).toString("utf8")));
    const secret = asText(answer?.Secret);
    if (answer?.Username === "<token>") return secret === undefined ? undefined : `Identity ${secret}`;
    return basic(answer?.Username, answer?.Secret);
  } catch {
    return undefined;
  }
}
