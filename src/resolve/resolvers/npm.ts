import { z } from "zod";
import type { Reply } from "../../io/http.ts";
import type { Found, Refusal, RemoteObject } from "../../model/evidence.ts";
import type { Json } from "../../model/json.ts";
import { refuse } from "../../model/refusal.ts";
import { licenseAsWritten, publishedDigest } from "../npm-manifest.ts";
import { only, selectedPath } from "../path.ts";
import { isExactVersion, isVersionText, parseNpmPurl } from "../purl.ts";
import { defineResolver, type ResolveContext, type Resolved } from "../resolver.ts";

type Ref = {
  readonly name: string;
  /** An exact version or a dist-tag. */
  readonly version: string;
  /** Where in the package, without the folder that every tarball begins with. */
  readonly prefix: string;
  /** The version is the location's `revision`, and a dist-tag. */
  readonly namedByRevision?: true;
};

const Version = z.lazy(() =>
  z.object({
    name: z.string(),
    version: z.string(),
    license: z.unknown().optional(),
    licenses: z.unknown().optional(),
    deprecated: z.unknown().optional(),
    dist: z.object({
      tarball: z.string(),
      integrity: z.string().optional().catch(undefined),
      shasum: z.string().optional().catch(undefined),
      unpackedSize: z.number().optional().catch(undefined),
      fileCount: z.number().optional().catch(undefined),
    }),
  }),
);

/** The whole history of a package; only the version that is asked for is read as one. */
const Packument = z.lazy(() =>
  z.object({
    name: z.string(),
    "dist-tags": z.record(z.string(), z.string()).optional(),
    versions: z.record(z.string(), z.unknown()).optional(),
    time: z.record(z.string(), z.unknown()).optional(),
  }),
);

/** A package with thousands of versions has a history of tens of megabytes. Bytes. */
const packumentMaxBytes = 64 * 1024 * 1024;
/** A deprecation notice is foreign text of any length. UTF-16 units. */
const noticeMaxLength = 1000;

/**
 * The npm registry that the user's own configuration names. A version is given out once and its bytes do not change; a
 * dist-tag, `latest` when there is no version, moves with every release.
 */
export const npm = defineResolver<Ref>({
  id: "npm",
  parse({ uri, revision, path }) {
    const purl = parseNpmPurl(uri);
    const selected = selectedPath(path);
    if (purl === undefined || selected === undefined) return undefined;
    // Two ways to say where in the package: neither is guessed to be the one meant.
    if (purl.subpath !== undefined && selected !== "") return undefined;
    const version = purl.version ?? revision ?? "latest";
    if (!isVersionText(version)) return undefined;
    const namedByRevision = purl.version === undefined && revision !== undefined && !isExactVersion(version);
    const ref = { name: purl.name, version, prefix: purl.subpath ?? selected };
    return namedByRevision ? { ...ref, namedByRevision } : ref;
  },
  isPinned: ({ version }) => isExactVersion(version),
  async resolve(ref, context) {
    const registry = await registryOf(ref.name, context);
    if (registry === undefined) {
      return refuse("offline", "no npm registry is configured: set npm_config_registry, or install npm");
    }
    const answer = await ask(ref, registry, context);
    if (answer.status !== "ok") return answer;
    const isOperators = (url: string) => isOperatorsUrl(url, context);
    const resolution = await found(ref, registry, answer, isOperators);
    if (resolution.status !== "found") return resolution;
    const authorize: Resolved["authorize"] = async ({ url }) => {
      const authorization = (await isOperators(url)) ? await context.setting(`npm.authorization:${url}`) : undefined;
      return authorization === undefined ? undefined : { scheme: "headers", headers: { authorization } };
    };
    return { ...resolution, authorize };
  },
});

/** The operator's endpoint stands in for every registry; without one, a scope may have a registry of its own. */
async function registryOf(name: string, { endpoint, setting }: ResolveContext): Promise<string | undefined> {
  const own = endpoint("npm");
  if (own !== undefined) return own;
  const scope = /^(@[^/]+)\//.exec(name)?.[1];
  const scoped = scope === undefined ? undefined : await setting(`npm.registry:${scope}`);
  return scoped ?? setting("npm.registry");
}

/** True for what lies at the endpoint or at a registry that the user's own configuration names. */
async function isOperatorsUrl(url: string, { endpoint, setting }: ResolveContext): Promise<boolean> {
  const own = endpoint("npm");
  const isThere = own !== undefined && URL.canParse(url) && new URL(url).origin === new URL(own).origin;
  return isThere || (await setting(`npm.operator:${url}`)) === "yes";
}

/** Asks for the one version, which is a small reply, and only when that fails for the package's whole history. */
async function ask(ref: Ref, registry: string, context: ResolveContext): Promise<Reply<unknown> | Refusal> {
  const { http, setting, signal } = context;
  const packageUrl = registry + ref.name.replace("/", "%2f");
  const authorization = await setting(`npm.authorization:${packageUrl}`);
  const headers = { accept: "application/json", ...(authorization === undefined ? {} : { authorization }) };
  const operatorEndpoint = await isOperatorsUrl(packageUrl, context);
  const url = `${packageUrl}/${encodeURIComponent(ref.version)}`;
  const one = await http.json({ url, headers, signal, operatorEndpoint }, z.unknown());
  if (one.status === "ok" || one.kind !== "absent") return one;
  const all = await http.json({ url: packageUrl, headers, signal, operatorEndpoint }, Packument, {
    maxBytes: packumentMaxBytes,
  });
  if (all.status !== "ok") return withoutPackage(all, ref.name);
  const { name, versions, time = {}, "dist-tags": tags = {} } = all.body;
  const at = { url: all.exchange.url, ...(one.httpStatus === undefined ? {} : { httpStatus: one.httpStatus }) };
  const withdrawn = own(time, "unpublished") !== undefined;
  if (name !== ref.name || (versions === undefined && !withdrawn)) {
    return refuse("reply-invalid", `the registry's answer is not the history of \`${ref.name}\``, at);
  }
  const version = own(versions ?? {}, ref.version) === undefined ? own(tags, ref.version) : ref.version;
  const body = version === undefined ? undefined : own(versions ?? {}, version);
  if (body !== undefined) return { ...all, body };
  if (withdrawn) return refuse("gone", `every version of \`${ref.name}\` was unpublished`, at);
  // The history keeps the date of a version that was taken back.
  const fact = own(time, ref.version) === undefined ? "does not exist" : "was unpublished";
  return refuse("revision-not-found", `version \`${ref.version}\` of \`${ref.name}\` ${fact}`, at);
}

/** A package of a scope can be private, and whoever may not see it is told that there is none; others are public. */
function withoutPackage(refusal: Refusal, name: string): Refusal {
  if (refusal.kind !== "absent" || refusal.httpStatus !== 404) return refusal;
  const { url } = refusal;
  const at = { httpStatus: 404, ...(url === undefined ? {} : { url }) };
  return name.startsWith("@")
    ? refuse("authentication-required", `\`${name}\` is private or missing: this registry does not tell`, at)
    : refuse("not-found", `the registry has no package \`${name}\``, at);
}

async function found(
  ref: Ref,
  registry: string,
  { body, exchange }: Reply<unknown>,
  isOperators: (url: string) => Promise<boolean>,
): Promise<Found | Refusal> {
  const parsed = Version.safeParse(body);
  const invalid = (what: string) => refuse("reply-invalid", `the registry's answer ${what}`, { url: exchange.url });
  if (!parsed.success) return invalid(`is not a package version: ${z.prettifyError(parsed.error).slice(0, 300)}`);
  const { name, version, license, licenses, deprecated, dist } = parsed.data;
  const pinned = isExactVersion(ref.version);
  if (name !== ref.name) return invalid(`is about \`${name.slice(0, 100)}\` and not \`${ref.name}\``);
  if (!isExactVersion(version)) return invalid(`names no exact version: \`${version.slice(0, 100)}\``);
  if (pinned && version !== ref.version) return invalid(`is about version \`${version}\` and not \`${ref.version}\``);
  if (!/^https?:\/\//i.test(dist.tarball) || !URL.canParse(dist.tarball)) return invalid("names no tarball URL");
  const digest = publishedDigest(dist.integrity, dist.shasum);
  const object: RemoteObject = {
    path: `${name.slice(name.indexOf("/") + 1)}-${version}.tgz`,
    // Second-hand: the registry may name any host, and it is fetched without the registry's credential.
    url: new URL(dist.tarball).href,
    ...(Object.keys(digest).length === 0 ? {} : { digest }),
    mediaType: "application/gzip",
    ...((await isOperators(dist.tarball)) ? { operatorEndpoint: true } : {}),
    members: ref.prefix === "" ? { strip: 1 } : { strip: 1, prefix: ref.prefix },
  };
  const licensePublished = licenseAsWritten(license) ?? licenseAsWritten(licenses);
  const facts: { [name: string]: Json } = { registry, name, version };
  const notice = typeof deprecated === "string" ? deprecated.slice(0, noticeMaxLength) : "";
  if (dist.unpackedSize !== undefined) facts.unpackedSize = dist.unpackedSize;
  if (dist.fileCount !== undefined) facts.fileCount = dist.fileCount;
  return {
    status: "found",
    revision: version,
    ...(ref.namedByRevision === true ? { revisionIsName: true } : {}),
    pinned,
    single: true,
    ...(licensePublished === undefined ? {} : { licensePublished }),
    objects: { [Symbol.asyncIterator]: () => only(object) },
    ...(notice === "" ? {} : { signs: [{ code: "deprecated", detail: notice }] }),
    facts,
    exchange,
  };
}

function own<Value>(record: { readonly [key: string]: Value }, key: string): Value | undefined {
  return Object.hasOwn(record, key) ? record[key] : undefined;
}
