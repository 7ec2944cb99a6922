import type { Location } from "../model/manifest.ts";
import { selectedPath } from "./path.ts";
import { parsePurl } from "./purl-parts.ts";

/** What an OCI location says. */
export type OciRef = {
  /** The host as people write it (`docker.io`), lower case, with its port. */
  readonly registry: string;
  readonly repository: string;
  /** Without one and without a digest it is `latest`. */
  readonly tag?: string;
  /** Of the manifest: `sha256:<hex>` or `sha512:<hex>`. */
  readonly digest?: string;
  /** `os/architecture`, `os/architecture/variant`, or `architecture` alone: which manifest of an index is meant. */
  readonly platform?: string;
  /** The file or folder in it that is meant; empty for all. */
  readonly path: string;
  /** The members of the one file are meant. */
  readonly unpack?: true;
  /** The location's `revision` is a tag. */
  readonly namedByRevision?: true;
};

/** The distribution specification's own limit on host and name together. UTF-16 units. */
const nameMaxLength = 255;
/** No reference is longer. UTF-16 units. */
const textMaxLength = 1024;
const namePattern = /^[a-z0-9]+(?:(?:\.|_|__|-+)[a-z0-9]+)*(?:\/[a-z0-9]+(?:(?:\.|_|__|-+)[a-z0-9]+)*)*$/;
const tagPattern = /^[A-Za-z0-9_][A-Za-z0-9._-]{0,127}$/;
const digestPattern = /^(?:sha256:[0-9a-f]{64}|sha512:[0-9a-f]{128})$/;
const hostPattern = /^(?:[a-z0-9](?:[a-z0-9.-]*[a-z0-9])?|\[[0-9a-f:]+\])(?::[0-9]{1,5})?$/;
const platformPattern = /^[a-z0-9_.-]+(?:\/[a-z0-9_.-]+){0,2}$/;

/** A digest that can be checked here. */
export function isOciDigest(text: string): boolean {
  return digestPattern.test(text);
}

interface Named {
  readonly registry: string;
  readonly repository: string;
  readonly tag?: string | undefined;
  readonly digest?: string | undefined;
  readonly platform?: string | undefined;
}

/** Reads every way in which such a location is written; undefined for what is none, and for what contradicts itself. */
export function parseOciLocation({ uri, revision, path, unpack }: Location): OciRef | undefined {
  const selected = selectedPath(path);
  if (selected === undefined || uri.length > textMaxLength) return undefined;
  const named = fromOciUri(uri) ?? fromPurl(uri) ?? fromOllama(uri) ?? fromBrowser(uri);
  if (named === undefined) return undefined;
  const { registry, repository, platform } = named;
  if (!hostPattern.test(registry) || !URL.canParse(`https://${registry}/`)) return undefined;
  // Ollama's owners may have capitals; everybody else's may not.
  const spelled = registry === ollamaRegistry ? repository.toLowerCase() : repository;
  if (!namePattern.test(spelled) || registry.length + repository.length > nameMaxLength) return undefined;
  if (named.tag !== undefined && !tagPattern.test(named.tag)) return undefined;
  if (named.digest !== undefined && !digestPattern.test(named.digest)) return undefined;
  if (platform !== undefined && !platformPattern.test(platform)) return undefined;
  const pinned = revision === undefined ? named : withRevision(named, revision);
  if (pinned === undefined) return undefined;
  const { tag, digest } = pinned;
  return {
    registry,
    // Docker's own registry keeps what has no owner in a place of its own.
    repository: isDockerHub(registry) && !repository.includes("/") ? `library/${repository}` : repository,
    ...(tag === undefined ? {} : { tag }),
    ...(digest === undefined ? {} : { digest }),
    ...(platform === undefined ? {} : { platform }),
    path: selected,
    ...(unpack === true ? { unpack } : {}),
    ...(revision === undefined || digestPattern.test(revision) ? {} : { namedByRevision: true }),
  };
}

/** The host behind the names of docker's own registry. */
export function isDockerHub(registry: string): boolean {
  return registry === "docker.io" || registry === "index.docker.io" || registry === "registry-1.docker.io";
}

/** A revision says what the address left open; two tags or two digests are a contradiction, and neither is guessed. */
function withRevision(named: Named, revision: string): Named | undefined {
  if (digestPattern.test(revision)) {
    return named.digest === undefined || named.digest === revision ? { ...named, digest: revision } : undefined;
  }
  if (!tagPattern.test(revision)) return undefined;
  return named.tag === undefined || named.tag === revision ? { ...named, tag: revision } : undefined;
}

/** `oci://host/repository:tag@digest?platform=os/architecture`, each part behind the repository being optional. */
function fromOciUri(uri: string): Named | undefined {
  if (!/^oci:\/\//i.test(uri)) return undefined;
  const [main = "", query, more] = uri.slice("oci://".length).split("?");
  if (more !== undefined) return undefined;
  const platform = query === undefined ? undefined : /^platform=([^&#]+)$/.exec(query)?.[1]?.toLowerCase();
  if (query !== undefined && platform === undefined) return undefined;
  const slash = main.indexOf("/");
  if (slash === -1) return undefined;
  const named = readName(main.slice(slash + 1));
  return named === undefined ? undefined : { ...named, registry: main.slice(0, slash).toLowerCase(), platform };
}

function readName(text: string): Omit<Named, "registry"> | undefined {
  const [name = "", digest, more] = text.split("@");
  if (more !== undefined) return undefined;
  const colon = name.indexOf(":");
  return {
    repository: colon === -1 ? name : name.slice(0, colon),
    tag: colon === -1 ? undefined : name.slice(colon + 1),
    digest,
  };
}

/**
 * `pkg:oci/name@digest?repository_url=host/owner/name&tag=...&arch=...`. The URL may stop before the name, as in the
 * type's own examples. Without it nobody knows which registry is meant.
 */
function fromPurl(uri: string): Named | undefined {
  const purl = parsePurl(uri, "oci");
  if (purl === undefined || purl.namespace.length > 0 || purl.subpath !== undefined) return undefined;
  // To leave out a qualifier that is not known would be to check something else than was declared.
  for (const key of purl.qualifiers.keys()) if (!["repository_url", "tag", "arch"].includes(key)) return undefined;
  const [registry = "", ...path] = (purl.qualifiers.get("repository_url") ?? "")
    .replace(/^(?:oci|https):\/\//i, "")
    .replace(/\/$/, "")
    .split("/");
  const repository = (path.at(-1) === purl.name ? path : [...path, purl.name]).join("/");
  if (registry === "") return undefined;
  return {
    registry: registry.toLowerCase(),
    repository,
    tag: purl.qualifiers.get("tag"),
    digest: purl.version?.toLowerCase(),
    platform: purl.qualifiers.get("arch")?.toLowerCase(),
  };
}

const ollamaRegistry = "registry.ollama.ai";

/** `ollama:name:tag`, `ollama:owner/name:tag`. */
function fromOllama(uri: string): Named | undefined {
  const text = /^ollama:(?!\/\/)(.+)$/is.exec(uri)?.[1];
  return text === undefined ? undefined : inOllama(text);
}

function inOllama(text: string): Named | undefined {
  const named = readName(text);
  if (named === undefined || named.repository.split("/").length > 2) return undefined;
  const { repository } = named;
  return {
    ...named,
    registry: ollamaRegistry,
    repository: repository.includes("/") ? repository : `library/${repository}`,
  };
}

/** What people paste: the pages of a model or an image. Other pages of these hosts are nobody's repository. */
function fromBrowser(uri: string): Named | undefined {
  if (!/^https:\/\/(?:www\.)?(?:ollama\.com|hub\.docker\.com|quay\.io)\//i.test(uri) || !URL.canParse(uri)) {
    return undefined;
  }
  const { hostname, pathname, searchParams } = new URL(uri);
  const path = pathname.replace(/\/$/, "");
  const page = /^\/library\/([^/@]+)(?:\/tags)?$/.exec(path)?.[1];
  const hub = /^\/(?:r\/([^/:@]+\/[^/:@]+)|_\/([^/:@]+))(?:\/tags)?$/.exec(path);
  const quay = /^\/repository\/([^:@]+)$/.exec(path)?.[1];
  if (hostname.endsWith("ollama.com")) return page === undefined ? undefined : inOllama(page);
  if (hostname.endsWith("hub.docker.com")) {
    const repository = hub?.[1] ?? hub?.[2];
    return repository === undefined ? undefined : { registry: "docker.io", repository };
  }
  if (quay === undefined) return undefined;
  return { registry: "quay.io", repository: quay, tag: searchParams.get("tag") ?? undefined };
}
