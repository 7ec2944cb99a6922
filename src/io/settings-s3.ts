import { readFile, stat } from "node:fs/promises";
import { join, resolve } from "node:path";
import { WholesourceError } from "../model/error.ts";
import type { Settings, SettingsOptions } from "./settings.ts";

/** Larger files are no configuration that a person wrote. Bytes. */
const fileMaxBytes = 1024 * 1024;

type Section = ReadonlyMap<string, string>;

/** What is needed of the environment and the two files, each file read once. */
interface Sources {
  readonly env: SettingsOptions["env"];
  /** The profile's section of the credentials file, and of the config file. */
  readonly keys: Section;
  readonly config: Section;
  /** The `[services ...]` section that the profile points at. */
  readonly services: Section;
}

/**
 * From where the AWS tools keep them, the environment first, then the profile (`AWS_PROFILE`) of the shared files:
 * `s3.accessKeyId`, `s3.secretAccessKey` and `s3.sessionToken`, always of one source; `s3.unsupported`, the profile's
 * way to get keys when it is one that we do not go (single sign-on, a process, a role); `s3.region`; `s3.endpoint`, with
 * a `/` at the end; `s3.unsigned`, `yes` when no request is to be signed; `s3.requestPayer`, `requester` when this user
 * agreed to pay for what they read.
 */
export function s3Settings(options: SettingsOptions): Settings {
  let sources: Promise<Sources> | undefined;
  return async (name) => {
    sources ??= readSources(options);
    const { env, keys, config, services } = await sources;
    const first = (...values: readonly (string | undefined)[]) => values.find((value) => (value ?? "") !== "");
    switch (name) {
      case "s3.accessKeyId":
      case "s3.secretAccessKey":
      case "s3.sessionToken":
        return credentialsOf({ env, keys, config, services })?.[name.slice("s3.".length)];
      case "s3.unsupported":
        if (credentialsOf({ env, keys, config, services }) !== undefined) return undefined;
        return ["credential_process", "sso_session", "sso_start_url", "role_arn"].find(
          (key) => config.has(key) || keys.has(key),
        );
      case "s3.region":
        return region(first(env.AWS_REGION, env.AWS_DEFAULT_REGION, config.get("region")));
      case "s3.endpoint": {
        const inFiles = [services.get("s3.endpoint_url"), config.get("endpoint_url")];
        const ignored = isYes(env.AWS_IGNORE_CONFIGURED_ENDPOINT_URLS);
        return endpoint(first(...(ignored ? [] : [env.AWS_ENDPOINT_URL_S3, env.AWS_ENDPOINT_URL, ...inFiles])));
      }
      case "s3.unsigned":
        return isYes(env.AWS_NO_SIGN_REQUEST) ? "yes" : undefined;
      case "s3.requestPayer":
        return env.AWS_REQUEST_PAYER?.trim().toLowerCase() === "requester" ? "requester" : undefined;
      default:
        return undefined;
    }
  };
}

const isYes = (value: string | undefined): boolean => /^(?:yes|true|1)$/i.test(value?.trim() ?? "");

/** Keys of different sources do not belong together: a source has both or gives none. */
function credentialsOf({ env, keys, config }: Sources): { readonly [name: string]: string } | undefined {
  const sources = [
    [env.AWS_ACCESS_KEY_ID, env.AWS_SECRET_ACCESS_KEY, env.AWS_SESSION_TOKEN ?? env.AWS_SECURITY_TOKEN],
    ...[keys, config].map((section) =>
      ["aws_access_key_id", "aws_secret_access_key", "aws_session_token"].map((key) => section.get(key)),
    ),
  ];
  for (const [accessKeyId = "", secretAccessKey = "", sessionToken = ""] of sources) {
    if (!isKey(accessKeyId) || !isKey(secretAccessKey)) continue;
    return { accessKeyId, secretAccessKey, ...(isKey(sessionToken) ? { sessionToken } : {}) };
  }
  return undefined;
}

/** What a header can carry. */
const isKey = (value: string): boolean => /^[\x21-\x7e]+$/.test(value);

function region(value: string | undefined): string | undefined {
  return value !== undefined && /^[a-z0-9-]{1,64}$/.test(value) ? value : undefined;
}

function endpoint(value: string | undefined): string | undefined {
  if (value === undefined) return undefined;
  const url = URL.canParse(value) ? new URL(value) : undefined;
  if (url === undefined || !/^https?:$/.test(url.protocol) || url.username !== "" || url.password !== "") {
    // The value is not repeated: it may hold a password.
    throw new WholesourceError("usage", "the configured S3 endpoint is no plain http or https URL", {
      hint: "set AWS_ENDPOINT_URL_S3 to the endpoint's URL, or unset it",
    });
  }
  return url.origin + (url.pathname.endsWith("/") ? url.pathname : `${url.pathname}/`);
}

async function readSources({ env, cwd }: SettingsOptions): Promise<Sources> {
  // Whoever gives no environment gives no home either, and no keys.
  const home = env.HOME ?? env.USERPROFILE;
  const read = async (named: string | undefined, usual: string) => {
    const path = named === undefined || named === "" ? home && join(home, ".aws", usual) : resolve(cwd, named);
    return parseAwsIni(path === undefined ? "" : await readText(path));
  };
  const keys = await read(env.AWS_SHARED_CREDENTIALS_FILE, "credentials");
  const config = await read(env.AWS_CONFIG_FILE, "config");
  const profile = env.AWS_PROFILE ?? "default";
  const none: Section = new Map();
  const own = config.get(`profile ${profile}`) ?? (profile === "default" ? config.get("default") : undefined) ?? none;
  return {
    env,
    keys: keys.get(profile) ?? none,
    config: own,
    services: config.get(`services ${own.get("services") ?? ""}`) ?? none,
  };
}

/** A file that is not there, or that is none, says nothing. */
async function readText(path: string): Promise<string> {
  try {
    const { size } = await stat(path);
    return size > fileMaxBytes ? "" : await readFile(path, "utf8");
  } catch {
    return "";
  }
}

/** Reads the AWS tools' own form of ini: indented lines below `s3 =` are called `s3.<key>`. */
export function parseAwsIni(text: string): ReadonlyMap<string, Section> {
  const sections = new Map<string, Map<string, string>>();
  let section: Map<string, string> | undefined;
  let group = "";
  for (const line of text.split(/\r\n|\r|\n/)) {
    const trimmed = line.trim();
    if (trimmed === "" || trimmed.startsWith("#") || trimmed.startsWith(";")) continue;
    if (trimmed.startsWith("[")) {
      const end = trimmed.indexOf("]");
      section = new Map();
      group = "";
      if (end > 0) sections.set(trimmed.slice(1, end).trim().replace(/\s+/g, " "), section);
      continue;
    }
    const equals = trimmed.indexOf("=");
    if (equals < 1 || section === undefined) continue;
    const key = trimmed.slice(0, equals).trim().toLowerCase();
    const value = withoutComment(trimmed.slice(equals + 1));
    if (/^\s/.test(line) && group !== "") section.set(`${group}.${key}`, value);
    else {
      group = value === "" ? key : "";
      section.set(key, value);
    }
  }
  return sections;
}

/** A `#` or `;` behind a blank begins a comment. */
function withoutComment(value: string): string {
  const comment = value.search(/[ \t][#;]/);
  return (comment < 0 ? value : value.slice(0, comment)).trim();
}
