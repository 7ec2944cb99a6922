/** How locations of Azure Blob Storage are written: `az://account/container/`, and the web addresses of blobs. */
import type { Location } from "../model/manifest.ts";
import { decodePart, isFolderKey, keyBelow, storeKey } from "./object-store.ts";
import { selectedPath } from "./path.ts";

/** One blob, or everything below a name that ends in `/`. */
export type AzureRef = {
  readonly account: string;
  readonly container: string;
  readonly key: string;
  /** The host of a pasted address, where the cloud is not the public one. */
  readonly host?: string;
  readonly version?: string;
  /** The members meant, where the blob is an archive; `""` for all. */
  readonly members?: string;
  /** The shared access signature of a pasted address: a secret, and never shown. */
  readonly sas?: string;
};

type Place = Omit<AzureRef, "members">;

const accountName = /^[a-z0-9]{3,24}(?:-secondary)?$/;
const containerName = /^(?:\$root|\$web|[a-z0-9](?:-?[a-z0-9]){2,62})$/;
const versionName = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}\.\d{7}Z$/;
/** The clouds that there are, and the zoned names of the public one. */
const blobHost =
  /^([a-z0-9]{3,24}(?:-secondary)?)\.(?:blob|dfs)\.(core\.windows\.net|core\.chinacloudapi\.cn|core\.usgovcloudapi\.net)$|^([a-z0-9]{3,24})\.(z\d{1,2})\.blob\.storage\.azure\.net$/;

/** Reads a location; undefined for what is not Azure's, or can not be asked for as it is written. */
export function parseAzure({ uri, revision, path, unpack = false }: Location): AzureRef | undefined {
  const place = placeOf(uri);
  const selected = selectedPath(path);
  if (place === undefined || selected === undefined) return undefined;
  if (!accountName.test(place.account) || !containerName.test(place.container)) return undefined;
  const key = storeKey(unpack ? place.key : keyBelow(place.key, selected));
  if (key === undefined || (unpack && isFolderKey(key))) return undefined;
  const version = place.version ?? revision;
  if (place.version !== undefined && !versionName.test(place.version)) return undefined;
  const { version: _written, ...rest } = place;
  return {
    ...rest,
    key,
    ...(version === undefined || !versionName.test(version) ? {} : { version }),
    ...(unpack ? { members: selected } : {}),
  };
}

function placeOf(uri: string): Place | undefined {
  if (/^az:\/\//i.test(uri)) return accountAndBelow(uri.slice(5));
  const [, container, host, path = ""] = /^(?:abfss?|wasbs?):\/\/([^@/]*)@([^/]*)(?:\/(.*))?$/is.exec(uri) ?? [];
  if (container === undefined || host === undefined) return webAddress(uri);
  const where = hostOf(host.toLowerCase());
  return where === undefined ? undefined : { ...where, container, key: path };
}

function accountAndBelow(rest: string): Place | undefined {
  const [account = "", container = "", ...key] = rest.split("/");
  return { account, container, key: key.join("/") };
}

function hostOf(hostname: string): { readonly account: string; readonly host?: string } | undefined {
  const [, account, cloud, zoned, zone] = blobHost.exec(hostname) ?? [];
  if (zoned !== undefined && zone !== undefined) return { account: zoned, host: hostname };
  if (account === undefined || cloud === undefined) return undefined;
  return cloud === "core.windows.net" ? { account } : { account, host: `${account}.blob.${cloud}` };
}

function webAddress(uri: string): Place | undefined {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: these are what is looked for
  if (!/^https?:\/\//i.test(uri) || /[\u0000-\u0020\u007f\\]/.test(uri) || !URL.canParse(uri)) return undefined;
  // The parser has taken `..` away already; who writes it means something else than it says.
  if (/\/\.{1,2}(?:[/?#]|$)|%2e/i.test(uri.split("?", 1)[0] ?? "")) return undefined;
  const url = new URL(uri);
  const where = hostOf(url.hostname);
  const path = decodePart(url.pathname.slice(1));
  if (where === undefined || path === undefined || url.port !== "" || url.username !== "" || url.password !== "") {
    return undefined;
  }
  const [container = "", ...rest] = path.split("/");
  const pairs = url.search
    .slice(1)
    .split("&")
    .filter((pair) => pair !== "");
  const nameOf = (pair: string): string => (pair.split("=", 1)[0] ?? "").toLowerCase();
  const own = pairs.filter((pair) => ownNames.has(nameOf(pair)));
  const others = pairs.filter((pair) => !ownNames.has(nameOf(pair)));
  const isSigned = others.some((pair) => nameOf(pair) === "sig");
  // A snapshot, a part of a listing and the like are that one URL's own affair.
  if (others.some((pair) => !sasNames.has(nameOf(pair))) || (others.length > 0 && !isSigned)) return undefined;
  const asked = new URLSearchParams(own.join("&"));
  const version = asked.get("versionid");
  const key = rest.join("/");
  const prefix = asked.get("prefix");
  if (prefix !== null && !(key === "" && isFolderKey(prefix))) return undefined;
  return {
    ...where,
    container,
    key: prefix ?? key,
    ...(version === null ? {} : { version }),
    ...(isSigned ? { sas: others.join("&") } : {}),
  };
}

/** What an address may ask for that a location can say in its own words. */
const ownNames: ReadonlySet<string> = new Set(["versionid", "restype", "comp", "prefix"]);

/** The parts of a shared access signature. */
const sasNames: ReadonlySet<string> = new Set(
  "sv ss srt sp se st spr sip sr si sig sdd skoid sktid skt ske sks skv saoid suoid scid ses rscc rscd rsce rscl rsct".split(
    " ",
  ),
);
