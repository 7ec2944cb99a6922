import { pathToFileURL } from "node:url";

/** A repository's address, taken apart once. */
export interface Remote {
  readonly scheme: "https" | "http" | "ssh" | "file";
  /** As it is handed to git: no query, no fragment, no secret, no `/` at the end. */
  readonly url: string;
  /** Of a host: without brackets. */
  readonly hostname: string;
  readonly port: number;
  /** Who ssh logs in as. */
  readonly user?: string;
}

const usualPorts = { https: 443, http: 80, ssh: 22 } as const;

/** Longer addresses are no one's. UTF-16 units. */
const urlMaxLength = 2048;

/** Names that may stand in a command line of ssh's without being taken for anything else. */
const plainHost = /^[a-z0-9](?:[a-z0-9._-]*[a-z0-9])?$|^[0-9a-f:.]+$/;
const plainUser = /^[a-z_][a-z0-9_-]{0,31}$/i;

/**
 * Reads the address of a repository at a host. Undefined for any other scheme, for one with a password or a token in
 * it, and for what URL readers disagree about.
 */
export function readRemote(text: string): Remote | undefined {
  const scheme = /^(https?|ssh):\/\/[^/?#]/i.exec(text)?.[1]?.toLowerCase();
  // biome-ignore lint/suspicious/noControlCharactersInRegex: these are what is looked for
  if (text.length > urlMaxLength || /[\u0000-\u0020\u007f-\u009f\\?#]|\p{Surrogate}/u.test(text)) return undefined;
  if ((scheme !== "https" && scheme !== "http" && scheme !== "ssh") || !URL.canParse(text)) return undefined;
  const url = new URL(text);
  const hostname = url.hostname.replace(/^\[|\]$/g, "").toLowerCase();
  const path = url.pathname.replace(/\/+$/, "");
  if (url.password !== "" || path === "" || !plainHost.test(hostname)) return undefined;
  const user = url.username;
  if (user !== "" && (scheme !== "ssh" || !plainUser.test(user))) return undefined;
  const authority = `${user === "" ? "" : `${user}@`}${url.host}`;
  return {
    scheme,
    url: `${scheme}://${authority}${path}`,
    hostname,
    port: url.port === "" ? usualPorts[scheme] : Number(url.port),
    ...(user === "" ? {} : { user }),
  };
}

/** The repository at a folder of this machine. */
export function localRemote(folder: string): Remote {
  return { scheme: "file", url: decodedFileUrl(folder), hostname: "", port: 0 };
}

/** Git does not decode a file URL's path, and takes it as it stands. */
function decodedFileUrl(folder: string): string {
  return process.platform === "win32" ? pathToFileURL(folder).href : `file://${folder}`;
}
