import type { Location } from "../model/manifest.ts";
import { pathSegments, selectedPath } from "./path.ts";

/** What a location names: a content identifier, and where below it. */
export type IpfsPlace = {
  /** As written; that it can be read is told when it is used. */
  readonly cid: string;
  /** Below it, `""` for all of it. */
  readonly path: string;
  /** The name that a gateway's address gives to the one file. */
  readonly name?: string;
  /** Of the archive that the path leads to: below which of its members. */
  readonly prefix?: string;
};

/** UTF-16 units. */
const uriMaxLength = 8192;

/**
 * Version 0 in base58, version 1 in base32, base36 or base58: the alphabets alone, for a full reader would be loaded by
 * every run. Upper-case letters have no meaning in base32 and base36.
 */
const cidPattern = /^(?:Qm[1-9A-HJ-NP-Za-km-z]{44}|b[a-z2-7]{8,512}|k[a-z0-9]{8,512}|z[1-9A-HJ-NP-Za-km-z]{8,512})$/;

/** Public gateways whose addresses people paste. What they give is asked for anew, from the one gateway that is used. */
const pathGateways: ReadonlySet<string> = new Set([
  "ipfs.io",
  "dweb.link",
  "trustless-gateway.link",
  "gateway.ipfs.io",
  "cloudflare-ipfs.com",
  "gateway.pinata.cloud",
  "w3s.link",
  "nftstorage.link",
  "4everland.io",
]);
/** Those that put the identifier into the host's name, as `<cid>.ipfs.<gateway>`. */
const hostGateways: ReadonlySet<string> = new Set([
  "dweb.link",
  "inbrowser.link",
  "cf-ipfs.com",
  "w3s.link",
  "nftstorage.link",
  "4everland.io",
]);

/** Reads `ipfs://<cid>/path` and the addresses of public gateways; undefined for everything else, names of IPNS too. */
export function parseIpfsLocation({ uri, path, unpack = false }: Location): IpfsPlace | undefined {
  const selected = selectedPath(path);
  const named = uri.length > uriMaxLength ? undefined : (ipfsUri(uri) ?? gatewayAddress(uri));
  if (named === undefined || selected === undefined || !cidPattern.test(named.cid)) return undefined;
  const below = decodedPath(named.path);
  if (below === undefined) return undefined;
  const base = { cid: named.cid, ...(named.name === undefined ? {} : { name: named.name }) };
  if (unpack) return { ...base, path: below, prefix: selected };
  // Two ways to say where: neither is guessed to be the one meant.
  if (below !== "" && selected !== "") return undefined;
  return { ...base, path: below === "" ? selected : below };
}

interface Written {
  readonly cid: string;
  readonly path: string;
  readonly name?: string;
}

function ipfsUri(uri: string): Written | undefined {
  const [, cid, path = ""] = /^ipfs:\/\/([^/?#\\]+)((?:\/[^?#]*)?)$/i.exec(uri) ?? [];
  return cid === undefined ? undefined : { cid, path };
}

function gatewayAddress(uri: string): Written | undefined {
  // Read as text: a URL parser would change the case of an identifier in the host's name, and resolve `..`.
  const [, host = "", path = "", query = ""] =
    /^https?:\/\/([^/?#\\:@]+)(\/[^?#]*)?(?:\?([^#]*))?(?:#.*)?$/is.exec(uri) ?? [];
  const asked = new URLSearchParams(query);
  // Any other wish gives something else than the file: a block, an archive of blocks, another encoding.
  if ([...asked.keys()].some((key) => key !== "filename" && key !== "download")) return undefined;
  const filename = asked.get("filename");
  const name = filename !== null && pathSegments(filename)?.length === 1 ? { name: filename } : {};
  const [, cidOfHost, gateway = ""] = /^([a-z0-9]+)\.ipfs\.([a-z0-9.-]+)$/i.exec(host) ?? [];
  if (cidOfHost !== undefined && hostGateways.has(gateway.toLowerCase())) {
    return { cid: cidOfHost.toLowerCase(), path, ...name };
  }
  const [, cid, below = ""] = /^\/ipfs\/([^/]+)(\/.*)?$/s.exec(path) ?? [];
  if (cid === undefined || !pathGateways.has(host.toLowerCase())) return undefined;
  return { cid, path: below, ...name };
}

/** A path of an address as the names that it stands for, or undefined for one that could mean something outside. */
function decodedPath(written: string): string | undefined {
  const trimmed = written.replace(/^\//, "").replace(/\/$/, "");
  if (trimmed === "") return "";
  try {
    const names = trimmed.split("/").map((segment) => decodeURIComponent(segment));
    // An encoded `/` is part of no name.
    return names.some((name) => name.includes("/")) ? undefined : pathSegments(names.join("/"))?.join("/");
  } catch {
    return undefined;
  }
}
