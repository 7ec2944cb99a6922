import { readFileSync } from "node:fs";
import { homedir } from "node:os";
import { join, resolve } from "node:path";
import { WholesourceError } from "../model/error.ts";
import { codeOf } from "./errno.ts";

/** A person writes this file. Bytes. */
const CONFIG_MAX_BYTES = 64 * 1024;

/** What the user keeps for every run. */
export interface UserConfig {
  /** Where resolvers ask instead of at their usual hosts, by resolver id. As written. */
  readonly endpoints: { readonly [resolver: string]: string };
}

/**
 * Reads the user's own `config.json`: the file that `WHOLESOURCE_CONFIG` names, or the one in the folder `wholesource`
 * of the user's configuration folder. A folder that somebody else made is never looked at: an endpoint says where
 * tokens go. Throws `usage` when the file can not be used; none is no fault, unless it was named.
 */
export function readUserConfig(env: { readonly [name: string]: string | undefined }): UserConfig {
  const named = env.WHOLESOURCE_CONFIG;
  const folder = env.XDG_CONFIG_HOME ?? env.APPDATA ?? join(env.HOME ?? env.USERPROFILE ?? homedir(), ".config");
  const isNamed = named !== undefined && named !== "";
  const file = isNamed ? resolve(named) : join(folder, "wholesource", "config.json");
  let text: string;
  try {
    text = readFileSync(file, "utf8");
  } catch (error) {
    const code = codeOf(error);
    if (!isNamed && (code === "ENOENT" || code === "ENOTDIR")) return { endpoints: {} };
    throw unusable(file, `it can not be read (${code ?? String(error)})`);
  }
  if (text.length > CONFIG_MAX_BYTES) throw unusable(file, `it is longer than ${CONFIG_MAX_BYTES} bytes`);
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    throw unusable(file, "it is not JSON");
  }
  if (!isRecord(value)) throw unusable(file, "it is not an object");
  for (const key of Object.keys(value)) {
    if (key !== "endpoints") throw unusable(file, `\`${key}\` is no key of it, known is \`endpoints\``);
  }
  const { endpoints = {} } = value;
  if (!isRecord(endpoints)) throw unusable(file, "`endpoints` is not an object");
  const urls: { [resolver: string]: string } = {};
  for (const [id, url] of Object.entries(endpoints)) {
    if (typeof url !== "string") throw unusable(file, `the endpoint of \`${id}\` is not a text`);
    urls[id] = url;
  }
  return { endpoints: urls };
}

function isRecord(value: unknown): value is { readonly [key: string]: unknown } {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function unusable(file: string, why: string): WholesourceError {
  return new WholesourceError("usage", `the configuration \`${file}\` can not be used: ${why}`, {
    hint: 'write it like {"endpoints": {"zenodo": "https://mirror.example.org/"}}',
  });
}
