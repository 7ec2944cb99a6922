import { stat } from "node:fs/promises";
import { homedir } from "node:os";
import { dirname, join, resolve } from "node:path";
import { WholesourceError } from "../model/error.ts";
import { expandEnvironment, type NpmConfig, npmConfigFromEnvironment, readNpmrc } from "./npmrc.ts";
import type { Settings, SettingsOptions } from "./settings.ts";

/** How long `npm config get` may take, in milliseconds: npm is slow to start on a cold disk. */
const npmTimeout = 30_000;
/** A registry's address is shorter than this. Bytes. */
const npmMaxBytes = 64 * 1024;

/** Npm's configuration, strongest source first. `trusted` is false for a file that may have come with a release. */
type NpmSources = readonly { readonly config: NpmConfig; readonly trusted: boolean }[];

/**
 * From the places where npm keeps them:
 * `npm.registry` (with a `/` at the end), `npm.registry:@scope` (undefined where the scope has none of its own),
 * `npm.authorization:<url>`, the header value for exactly that URL, and `npm.operator:<url>`, `yes` where the user's own
 * configuration, and not a project's file, names the URL's origin as a registry.
 */
export function npmSettings(options: SettingsOptions): Settings {
  let sources: Promise<NpmSources> | undefined;
  const settings: Settings = async (name) => {
    sources ??= readSources(options);
    const npm = await sources;
    if (name === "npm.registry") return registryAddress(firstValue(npm, "registry") ?? (await askNpm(options)));
    const [, question, subject] = /^npm\.(registry|authorization|operator):(.+)$/s.exec(name) ?? [];
    if (subject === undefined) return undefined;
    if (question === "operator") {
      const own = await registriesOfOperator(npm, settings);
      return URL.canParse(subject) && own.includes(new URL(subject).origin) ? "yes" : undefined;
    }
    if (question === "registry") return registryAddress(firstValue(npm, `${subject}:registry`));
    return authorization(npm, subject, await registriesOfOperator(npm, settings));
  };
  return settings;
}

function firstValue(sources: NpmSources, key: string): string | undefined {
  for (const { config } of sources) {
    const value = config.get(key);
    if (value !== undefined && value !== "") return value;
  }
  return undefined;
}

async function readSources(options: SettingsOptions): Promise<NpmSources> {
  const { env } = options;
  const cwd = resolve(options.cwd);
  const expand = (config: NpmConfig): NpmConfig =>
    new Map([...config].map(([key, value]) => [expandEnvironment(key, env), expandEnvironment(value, env)]));
  const environment = npmConfigFromEnvironment(env);
  const home = homeOf(options);
  const userPath = environment.get("userconfig") ?? join(home, ".npmrc");
  const projectPath = join(await projectFolder(cwd), ".npmrc");
  const user = expand(await readNpmrc(resolve(cwd, userPath)));
  const prefix = environment.get("prefix") ?? user.get("prefix") ?? nodePrefix();
  const globalPath = environment.get("globalconfig") ?? user.get("globalconfig") ?? join(prefix, "etc", "npmrc");
  return [
    { config: environment, trusted: true },
    // The folder may be a release that somebody else made: what it names is not filled with our environment's secrets.
    ...(projectPath === resolve(cwd, userPath) ? [] : [{ config: await readNpmrc(projectPath), trusted: false }]),
    { config: user, trusted: true },
    { config: expand(await readNpmrc(resolve(cwd, globalPath))), trusted: true },
  ];
}

function homeOf({ env }: SettingsOptions): string {
  return env.HOME ?? env.USERPROFILE ?? homedir();
}

/** Where npm's global files live beside this Node. */
function nodePrefix(): string {
  const folder = dirname(process.execPath);
  return process.platform === "win32" ? folder : dirname(folder);
}

/** The nearest folder upwards that npm would call a project; `cwd` when there is none. */
async function projectFolder(cwd: string): Promise<string> {
  for (let folder = cwd; ; folder = dirname(folder)) {
    for (const mark of ["package.json", "node_modules"]) {
      const there = await stat(join(folder, mark)).catch(() => undefined);
      if (there !== undefined) return folder;
    }
    if (dirname(folder) === folder) return cwd;
  }
}

/** What npm itself says when no file of ours does: its own default, or a file that only it knows. */
async function askNpm(options: SettingsOptions): Promise<string | undefined> {
  const { env, run } = options;
  // npm reads a project's file too, and fills it with the environment; at home there is none but the user's.
  const keep = /^(PATH|HOME|USERPROFILE|APPDATA|LOCALAPPDATA|SYSTEMROOT|TMPDIR|TEMP|npm_config_.*)$/i;
  const clean = Object.fromEntries(Object.entries(env).filter(([name]) => keep.test(name)));
  const argv = ["config", "get", "registry", "--no-update-notifier", "--loglevel=silent"];
  const limits = { env: clean, cwd: homeOf(options), timeout: npmTimeout, maxBytes: npmMaxBytes };
  // On Windows npm is a batch file, which needs a shell; its script beside Node does not.
  const script = join(dirname(process.execPath), "node_modules", "npm", "bin", "npm-cli.js");
  const result =
    process.platform === "win32"
      ? await run(process.execPath, [script, ...argv], limits)
      : await run("npm", argv, limits);
  if (result.status !== "exited" || result.code !== 0) return undefined;
  const registry = result.stdout.trim();
  return registry === "" || registry === "undefined" || registry === "null" ? undefined : registry;
}

function registryAddress(value: string | undefined): string | undefined {
  if (value === undefined) return undefined;
  // A variable that was not filled in would be read as a host of that name.
  const url = URL.canParse(value) && !value.includes("${") ? new URL(value) : undefined;
  const usable = url !== undefined && /^https?:$/.test(url.protocol) && url.username === "" && url.password === "";
  if (!usable) {
    // The value is not repeated: it may hold a password.
    throw new WholesourceError("usage", "npm's configuration names a registry that is no plain http or https URL", {
      hint: "set npm_config_registry to the registry's URL; a project's .npmrc can not use environment variables here",
    });
  }
  url.search = "";
  url.hash = "";
  return url.href.endsWith("/") ? url.href : `${url.href}/`;
}

/** The credential that the user keeps for the longest path above this URL on its host. */
function authorization(sources: NpmSources, target: string, own: readonly string[]): string | undefined {
  const url = URL.canParse(target) ? new URL(target) : undefined;
  // Npm's keys do not name the scheme; a token goes over plain http only where the user themself chose it.
  if (url === undefined || !(url.protocol === "https:" || own.includes(url.origin))) return undefined;
  // From the folder that holds the URL up to the host: a token for `/a/` is not for `/ab`.
  let path = url.pathname.slice(0, url.pathname.lastIndexOf("/") + 1);
  for (;;) {
    const header =
      credential(sources, `//${url.host}${path}:`) ?? credential(sources, `//${url.host}${path.slice(0, -1)}:`);
    if (header !== undefined || path === "/") return header;
    path = path.slice(0, path.lastIndexOf("/", path.length - 2) + 1);
  }
}

/** Origins of the registries that a source names which no release can have brought along. */
async function registriesOfOperator(sources: NpmSources, settings: Settings): Promise<readonly string[]> {
  const named = sources
    .filter(({ trusted }) => trusted)
    .flatMap(({ config }) => [...config])
    .filter(([key]) => key === "registry" || key.endsWith(":registry"))
    .map(([, value]) => value);
  // What npm itself answered came from no project either.
  const answered = firstValue(sources, "registry") === undefined ? await settings("npm.registry") : undefined;
  return [...named, ...(answered === undefined ? [] : [answered])].flatMap((value) =>
    URL.canParse(value) ? [new URL(value).origin] : [],
  );
}

function credential(sources: NpmSources, key: string): string | undefined {
  const get = (name: string): string | undefined => {
    const value = firstValue(sources, key + name);
    // An unset variable, or one in a project's file: the literal text is no credential. Nor is what a header can not carry.
    return value === undefined || value.includes("${") || !/^[\x21-\x7e]+$/.test(value) ? undefined : value;
  };
  const token = get("_authToken");
  if (token !== undefined) return `Bearer ${token}`;
  const pair = get("_auth");
  if (pair !== undefined) return `Basic ${pair}`;
  const username = get("username");
  const password = get("_password");
  if (username === undefined || password === undefined) return undefined;
  const plain = Buffer.from(password, "base64").toString("utf8");
  return `Basic ${Buffer.from(`${username}:${plain}`, "utf8").toString("base64")}`;
}
