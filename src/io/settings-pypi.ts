import { stat } from "node:fs/promises";
import { devNull, homedir } from "node:os";
import { join, resolve } from "node:path";
import { WholesourceError } from "../model/error.ts";
import { type PipConfig, pipConfigFromEnvironment, readPipConfig } from "./pip-config.ts";
import type { Settings, SettingsOptions } from "./settings.ts";

/** How long pip may take to say its default, in milliseconds: Python is slow to start on a cold disk. */
const pipTimeout = 30_000;
/** Pip's help is some tens of kilobytes. Bytes. */
const pipMaxBytes = 1024 * 1024;
/** Columns, so that pip's help breaks no address. */
const helpColumns = "2000";

/** An index with the credential that its address holds. */
interface Index {
  /** With a `/` at the end, without userinfo. */
  readonly url: string;
  readonly authorization?: string;
}

/**
 * From the places where pip keeps them:
 * `pypi.index`, the address of the one index (with a `/` at the end); `pypi.authorization:<url>`, the header value for
 * that URL, which only the index's own origin gets; `pypi.operator:<url>`, `yes` where the URL is at that origin;
 * `pypi.extra`, `yes` where pip would ask further indexes.
 */
export function pypiSettings(options: SettingsOptions): Settings {
  let config: Promise<PipConfig> | undefined;
  let index: Promise<Index | undefined> | undefined;
  return async (name) => {
    config ??= readConfig(options);
    const known = await config;
    if (name === "pypi.extra") return configured(known, "extra-index-url") === undefined ? undefined : "yes";
    index ??= findIndex(known, options);
    const own = await index;
    if (own === undefined) return undefined;
    if (name === "pypi.index") return own.url;
    const [, question, subject] = /^pypi\.(authorization|operator):(.+)$/s.exec(name) ?? [];
    if (subject === undefined || !URL.canParse(subject)) return undefined;
    if (new URL(subject).origin !== new URL(own.url).origin) return undefined;
    return question === "operator" ? "yes" : own.authorization;
  };
}

/** Pip reads a command's own section after `[global]`, and the environment after both. Empty values say nothing. */
function configured(config: PipConfig, key: string): string | undefined {
  return [":env:", "download", "install", "global"]
    .map((section) => config.get(`${section}.${key}`))
    .find((value) => value !== undefined && value !== "");
}

async function findIndex(config: PipConfig, options: SettingsOptions): Promise<Index | undefined> {
  if (/^(?:y|yes|t|true|on|1)$/i.test(configured(config, "no-index") ?? "")) return undefined;
  const value = configured(config, "index-url") ?? (await askPip(options));
  return value === undefined ? undefined : indexAt(value);
}

function indexAt(value: string): Index {
  const url = URL.canParse(value) ? new URL(value) : undefined;
  if (url === undefined || !/^https?:$/.test(url.protocol)) {
    // The value is not repeated: it may hold a password.
    throw new WholesourceError("usage", "pip's configuration names an index that is no http or https URL", {
      hint: "set PIP_INDEX_URL to the index's URL",
    });
  }
  const pair = [url.username, url.password].map(plain);
  const hasUser = url.username !== "" || url.password !== "";
  [url.username, url.password, url.search, url.hash] = ["", "", "", ""];
  const address = url.href.endsWith("/") ? url.href : `${url.href}/`;
  if (!hasUser) return { url: address };
  return { url: address, authorization: `Basic ${Buffer.from(pair.join(":"), "utf8").toString("base64")}` };
}

function plain(encoded: string): string {
  try {
    return decodeURIComponent(encoded);
  } catch {
    return encoded;
  }
}

/** Every source joined, the weakest first, as pip joins them. */
async function readConfig(options: SettingsOptions): Promise<PipConfig> {
  const { env, cwd } = options;
  const own = env.PIP_CONFIG_FILE;
  const environment = pipConfigFromEnvironment(env);
  // The null device is how a user says: no files at all.
  if (own === devNull || own === "/dev/null") return environment;
  const named = own === undefined || own === "" ? undefined : resolve(cwd, own);
  const isNamed = named !== undefined && (await stat(named).catch(() => undefined)) !== undefined;
  const paths = [
    ...globalPaths(env),
    // A file that is named stands in for the user's.
    ...(isNamed ? [] : await userPaths(options)),
    ...(env.VIRTUAL_ENV === undefined || env.VIRTUAL_ENV === "" ? [] : [join(env.VIRTUAL_ENV, fileName())]),
    // Pip reads it first and holds it strongest, whatever its documentation says.
    ...(named === undefined ? [] : [named]),
  ];
  const joined = new Map<string, string>();
  for (const path of paths) for (const [key, value] of await readPipConfig(path)) joined.set(key, value);
  for (const [key, value] of environment) joined.set(key, value);
  return joined;
}

function fileName(): string {
  return process.platform === "win32" ? "pip.ini" : "pip.conf";
}

function globalPaths(env: SettingsOptions["env"]): readonly string[] {
  if (process.platform === "win32") return [join(env.PROGRAMDATA ?? "C:\\ProgramData", "pip", "pip.ini")];
  if (process.platform === "darwin") return ["/Library/Application Support/pip/pip.conf"];
  const folders = (env.XDG_CONFIG_DIRS || "/etc/xdg").split(":").filter((folder) => folder.startsWith("/"));
  // The first of these folders is the strongest by the XDG rules; pip reads them in order all the same.
  return [...folders.map((folder) => join(folder, "pip", "pip.conf")), "/etc/pip.conf"];
}

async function userPaths({ env }: SettingsOptions): Promise<readonly string[]> {
  const home = env.HOME ?? env.USERPROFILE ?? homedir();
  if (process.platform === "win32") {
    return [join(home, "pip", "pip.ini"), join(env.APPDATA ?? join(home, "AppData", "Roaming"), "pip", "pip.ini")];
  }
  const legacy = join(home, ".pip", "pip.conf");
  const linux = join(env.XDG_CONFIG_HOME || join(home, ".config"), "pip", "pip.conf");
  if (process.platform !== "darwin") return [legacy, linux];
  const library = join(home, "Library", "Application Support", "pip");
  const isThere = (await stat(library).catch(() => undefined))?.isDirectory() === true;
  return [legacy, isThere ? join(library, "pip.conf") : join(home, ".config", "pip", "pip.conf")];
}

/** What pip itself says when no file of ours does: its own default, or a file that only it knows. */
async function askPip({ env, run }: SettingsOptions): Promise<string | undefined> {
  const keep = /^(PATH|HOME|USERPROFILE|APPDATA|LOCALAPPDATA|SYSTEMROOT|TMPDIR|TEMP|VIRTUAL_ENV|XDG_CONFIG_.*|PIP_.*)$/;
  const clean = Object.fromEntries(Object.entries(env).filter(([name]) => keep.test(name)));
  const limits = {
    env: { ...clean, COLUMNS: helpColumns, PYTHONUTF8: "1" },
    cwd: env.HOME ?? homedir(),
    timeout: pipTimeout,
    maxBytes: pipMaxBytes,
  };
  // `-I` keeps what lies in the folder out: a file called pip.py there would be run.
  const commands = [["python3", "-I", "-m", "pip"], ["pip"], ["python", "-I", "-m", "pip"]] as const;
  for (const [program, ...first] of commands) {
    const result = await run(program, [...first, "download", "--help"], limits);
    if (result.status !== "exited" || result.code !== 0) continue;
    const at = result.stdout.indexOf("--index-url");
    const told = /\(default:? (\S{1,2000})\)/.exec(result.stdout.slice(at, at + 4000))?.[1];
    if (at !== -1 && told !== undefined) return told;
  }
  return undefined;
}
