import { open } from "node:fs/promises";
import { join, resolve } from "node:path";
import type { Settings, SettingsOptions } from "./settings.ts";

/** Files of tokens hold one. Bytes. */
const fileMaxBytes = 4096;

/**
 * `kaggle.authorization`, the header value from the places where Kaggle's own tools keep it: KAGGLE_API_TOKEN (a token,
 * or a file that holds it), `access_token` in the folder of its files, KAGGLE_USERNAME with KAGGLE_KEY, and `kaggle.json`
 * in that folder.
 */
export function kaggleSettings({ env, cwd }: SettingsOptions): Settings {
  return async (name) => {
    if (name !== "kaggle.authorization") return undefined;
    const home = env.HOME ?? env.USERPROFILE;
    const own = env.KAGGLE_CONFIG_DIR;
    const folder = own === undefined || own === "" ? home && join(home, ".kaggle") : resolve(cwd, own);
    const file = async (name: string) => (folder === undefined ? undefined : firstBytes(join(folder, name)));
    const written = env.KAGGLE_API_TOKEN?.trim();
    const token =
      written === undefined || written === ""
        ? word(await file("access_token"))
        : (word(await firstBytes(resolve(cwd, written))) ?? word(written));
    if (token !== undefined) return `Bearer ${token}`;
    const pair = login(env.KAGGLE_USERNAME, env.KAGGLE_KEY) ?? loginIn(await file("kaggle.json"));
    return pair === undefined ? undefined : `Basic ${Buffer.from(pair, "utf8").toString("base64")}`;
  };
}

function word(text: string | undefined): string | undefined {
  const token = text?.trim() ?? "";
  return /^[\x21-\x7e]+$/.test(token) ? token : undefined;
}

function login(user: unknown, key: unknown): string | undefined {
  const isPair = typeof user === "string" && typeof key === "string" && user !== "" && key !== "";
  return isPair ? `${user}:${key}` : undefined;
}

function loginIn(text: string | undefined): string | undefined {
  try {
    const value: unknown = JSON.parse(text ?? "null");
    if (typeof value !== "object" || value === null) return undefined;
    return login(Reflect.get(value, "username"), Reflect.get(value, "key"));
  } catch {
    return undefined;
  }
}

/** A file that is not there, or is none, holds nothing. */
async function firstBytes(path: string): Promise<string | undefined> {
  const file = await open(path).catch(() => undefined);
  if (file === undefined) return undefined;
  try {
    const { bytesRead, buffer } = await file.read(Buffer.alloc(fileMaxBytes + 1), 0, fileMaxBytes + 1, 0);
    return bytesRead > fileMaxBytes ? undefined : buffer.toString("utf8", 0, bytesRead);
  } catch {
    return undefined;
  } finally {
    await file.close();
  }
}
