import { readFile, stat } from "node:fs/promises";
import { WholesourceError } from "../model/error.ts";

/** Larger files are no configuration that a person wrote. Bytes. */
const pipConfigMaxBytes = 1024 * 1024;

/** `section.key` to value, as pip names them: lower case, with hyphens. */
export type PipConfig = ReadonlyMap<string, string>;

/** Reads the ini form that pip's files have: sections, `key = value` or `key: value`, indented lines that go on. */
export function parsePipConfig(text: string): PipConfig {
  const config = new Map<string, string>();
  let [section, open] = ["", undefined as string | undefined];
  for (const line of text.split(/\r\n|\r|\n/)) {
    const trimmed = line.trim();
    if (trimmed === "" || /^[#;]/.test(trimmed)) continue;
    if (/^[ \t]/.test(line) && open !== undefined) {
      config.set(open, `${config.get(open) ?? ""}\n${trimmed}`.trim());
      continue;
    }
    const header = /^\[([^\]]*)\]/.exec(trimmed)?.[1];
    if (header !== undefined) {
      [section, open] = [header, undefined];
      continue;
    }
    const at = trimmed.search(/[=:]/);
    if (at < 1) continue;
    open = `${section}.${normalKey(trimmed.slice(0, at).trim())}`;
    config.set(open, trimmed.slice(at + 1).trim());
  }
  return config;
}

/** The configuration in the environment: `PIP_<KEY>`, empty values left out; in the section that outranks all others. */
export function pipConfigFromEnvironment(env: { readonly [name: string]: string | undefined }): PipConfig {
  const named = Object.entries(env).filter(([name, value]) => /^PIP_./.test(name) && value !== undefined);
  return new Map(named.map(([name, value]) => [`:env:.${normalKey(name.slice("PIP_".length))}`, value ?? ""]));
}

function normalKey(key: string): string {
  return key.toLowerCase().replaceAll("_", "-").replace(/^--/, "");
}

/** Reads one configuration file; one that is not there is empty, one that cannot be read stops the run. */
export async function readPipConfig(path: string): Promise<PipConfig> {
  try {
    const stats = await stat(path);
    if (!stats.isFile()) return new Map();
    if (stats.size > pipConfigMaxBytes) throw new Error(`larger than ${pipConfigMaxBytes} bytes`);
    return parsePipConfig((await readFile(path, "utf8")).replace(/^\uFEFF/, ""));
  } catch (error) {
    const code = error instanceof Error && "code" in error ? error.code : undefined;
    if (code === "ENOENT" || code === "ENOTDIR") return new Map();
    // Going on without it could ask another index than the user means.
    throw new WholesourceError("input-unreadable", `pip's configuration \`${path}\` cannot be read`, {
      hint: "make the file readable, or name another with PIP_CONFIG_FILE",
      cause: error,
    });
  }
}
