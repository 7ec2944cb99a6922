import { open } from "node:fs/promises";
import { join, resolve } from "node:path";
import { WholesourceError } from "../model/error.ts";
import type { Settings, SettingsOptions } from "./settings.ts";

/** A token file holds one word. Bytes. */
const TOKEN_MAX_BYTES = 4096;

/**
 * From the places where the hub's own tools keep them:
 * `huggingface.endpoint`, where HF_ENDPOINT sends every question (with a `/` at the end);
 * `huggingface.token`, from HF_TOKEN, HUGGING_FACE_HUB_TOKEN, or the file at HF_TOKEN_PATH, below HF_HOME, or in the
 * user's cache; none where HF_HUB_DISABLE_IMPLICIT_TOKEN says so.
 */
export function huggingfaceSettings({ env, cwd }: SettingsOptions): Settings {
  return async (name) => {
    if (name === "huggingface.endpoint") return endpoint(env.HF_ENDPOINT);
    if (name !== "huggingface.token" || isYes(env.HF_HUB_DISABLE_IMPLICIT_TOKEN)) return undefined;
    const written = tokenOf(env.HF_TOKEN) ?? tokenOf(env.HUGGING_FACE_HUB_TOKEN);
    if (written !== undefined) return written;
    const file = tokenFile(env);
    return file === undefined ? undefined : tokenOf(await firstBytes(resolve(cwd, file)));
  };
}

/** What a header can carry: a file usually ends with a line break. */
function tokenOf(text: string | undefined): string | undefined {
  const token = text?.trim() ?? "";
  return /^[\x21-\x7e]+$/.test(token) ? token : undefined;
}

/** Without a home of the user's nothing is read from one. */
function tokenFile(env: SettingsOptions["env"]): string | undefined {
  const home = env.HOME ?? env.USERPROFILE;
  const own = (path: string | undefined): string | undefined => {
    if (path === undefined || path === "") return undefined;
    return home !== undefined && /^~(?=$|[/\\])/.test(path) ? join(home, path.slice(1)) : path;
  };
  const path = own(env.HF_TOKEN_PATH);
  if (path !== undefined) return path;
  const cache = own(env.XDG_CACHE_HOME) ?? (home === undefined ? undefined : join(home, ".cache"));
  const folder = own(env.HF_HOME) ?? (cache === undefined ? undefined : join(cache, "huggingface"));
  return folder === undefined ? undefined : join(folder, "token");
}

/** A file that is not there, or is none, holds no token. */
async function firstBytes(path: string): Promise<string | undefined> {
  const file = await open(path).catch(() => undefined);
  if (file === undefined) return undefined;
  try {
    const { bytesRead, buffer } = await file.read(Buffer.alloc(TOKEN_MAX_BYTES + 1), 0, TOKEN_MAX_BYTES + 1, 0);
    return bytesRead > TOKEN_MAX_BYTES ? undefined : buffer.toString("utf8", 0, bytesRead);
  } catch {
    return undefined;
  } finally {
    await file.close();
  }
}

function endpoint(value: string | undefined): string | undefined {
  if (value === undefined || value.trim() === "") return undefined;
  const url = URL.canParse(value) ? new URL(value) : undefined;
  const usable = url !== undefined && /^https?:$/.test(url.protocol) && url.username === "" && url.password === "";
  if (!usable || url.search !== "" || url.hash !== "") {
    // The value is not repeated: it may hold a password.
    throw new WholesourceError("usage", "`HF_ENDPOINT` is no plain http or https URL", {
      hint: "set it to the address of the hub or of its mirror, or unset it",
    });
  }
  return url.href.endsWith("/") ? url.href : `${url.href}/`;
}

function isYes(value: string | undefined): boolean {
  return /^(?:1|true|yes|on)$/i.test(value ?? "");
}
