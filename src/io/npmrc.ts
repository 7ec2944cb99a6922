import { readFile, stat } from "node:fs/promises";
import { WholesourceError } from "../model/error.ts";

/** Larger files are no configuration that a person wrote. Bytes. */
const npmrcMaxBytes = 1024 * 1024;

type Environment = { readonly [name: string]: string | undefined };
/** Keys and values of one source of configuration, as npm reads them. */
export type NpmConfig = ReadonlyMap<string, string>;

/** Reads the `key = value` lines of an .npmrc; sections, arrays and keys without a value say nothing that we need. */
export function parseNpmrc(text: string): NpmConfig {
  const config = new Map<string, string>();
  for (const raw of text.split(/\r\n|\r|\n/)) {
    const line = raw.trim();
    // What follows a section header belongs to that section, and npm has no sections.
    if (line.startsWith("[")) break;
    if (line === "" || line.startsWith(";") || line.startsWith("#")) continue;
    const equals = line.indexOf("=");
    if (equals < 1) continue;
    const key = unquote(line.slice(0, equals).trim());
    if (key !== "" && !key.endsWith("[]")) config.set(key, unquote(line.slice(equals + 1).trim()));
  }
  return config;
}

function unquote(value: string): string {
  if (value.length >= 2 && value.startsWith("'") && value.endsWith("'")) return value.slice(1, -1);
  if (value.length >= 2 && value.startsWith('"') && value.endsWith('"')) {
    try {
      const read: unknown = JSON.parse(value);
      return typeof read === "string" ? read : value;
    } catch {
      return value.slice(1, -1);
    }
  }
  // Outside quotes `;` and `#` begin a comment unless a backslash stands before them.
  let read = "";
  for (let index = 0; index < value.length; index += 1) {
    const character = value.charAt(index);
    if (character === ";" || character === "#") break;
    const next = value.charAt(index + 1);
    if (character === "\\" && (next === ";" || next === "#" || next === "\\")) {
      read += next;
      index += 1;
    } else read += character;
  }
  return read.trim();
}

/** The configuration in the environment: `npm_config_<key>` in any case, empty values left out. */
export function npmConfigFromEnvironment(env: Environment): NpmConfig {
  const config = new Map<string, string>();
  for (const [name, value] of Object.entries(env)) {
    if (value === undefined || value === "" || !/^npm_config_./i.test(name)) continue;
    const key = name.slice("npm_config_".length);
    // Keys that name a host or a scope keep their spelling; the others are lower case with hyphens.
    const literal = key.startsWith("//") || key.startsWith("@");
    const normal = literal ? key : key.toLowerCase().replaceAll("_", "-");
    // Of two spellings the lower-case one, which is npm's own, decides.
    if (!config.has(normal) || name.startsWith("npm_config_")) config.set(normal, value);
  }
  return config;
}

/** Replaces `${NAME}` by the environment's value; what is not set stays as written, and `${NAME?}` becomes empty. */
export function expandEnvironment(value: string, env: Environment): string {
  return value.replace(/\$\{([^${}?]{1,256})(\??)\}/g, (whole, name: string, optional: string) => {
    return env[name] ?? (optional === "?" ? "" : whole);
  });
}

/** Reads one configuration file; one that is not there is empty, one that cannot be read stops the run. */
export async function readNpmrc(path: string): Promise<NpmConfig> {
  try {
    const stats = await stat(path);
    if (stats.isDirectory()) return new Map();
    // A project's file is foreign: it may be a link to a device that never ends.
    if (!stats.isFile()) throw new Error("not a regular file");
    if (stats.size > npmrcMaxBytes) throw new Error(`larger than ${npmrcMaxBytes} bytes`);
    return parseNpmrc((await readFile(path, "utf8")).replace(/^\uFEFF/, ""));
  } catch (error) {
    const code = error instanceof Error && "code" in error ? error.code : undefined;
    if (code === "ENOENT" || code === "ENOTDIR") return new Map();
    // Going on without it could ask another registry than the user means.
    throw new WholesourceError("input-unreadable", `npm's configuration \`${path}\` cannot be read`, {
      hint: "make the file readable, or name another with npm_config_userconfig or npm_config_globalconfig",
      cause: error,
    });
  }
}
