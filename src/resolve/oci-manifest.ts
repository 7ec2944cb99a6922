import { createHash } from "node:crypto";
import type { Answer } from "../io/http.ts";
import type { Exchange, Refusal } from "../model/evidence.ts";
import { refuse } from "../model/refusal.ts";
import { jsonOf } from "./json-bytes.ts";
import { isOciDigest, type OciRef } from "./oci-location.ts";
import { type OciDescriptor, OciIndex, OciManifest, placeOf, registryError } from "./oci-reply.ts";
import type { OciSession } from "./oci-session.ts";

/** The size that the distribution specification asks registries to take; no manifest needs more. Bytes. */
export const MANIFEST_MAX_BYTES = 4 * 1024 * 1024;
/** Indexes in indexes that are followed. */
export const INDEX_DEPTH = 4;
/** Manifests that a message names. */
const CHOICES_TOLD_MAX = 12;

/** What the manifest of one artifact is called. */
export const manifestTypes: readonly string[] = [
  "application/vnd.oci.image.manifest.v1+json",
  "application/vnd.docker.distribution.manifest.v2+json",
];
/** What a list of manifests is called. */
export const indexTypes: readonly string[] = [
  "application/vnd.oci.image.index.v1+json",
  "application/vnd.docker.distribution.manifest.list.v2+json",
];
const accept = [...manifestTypes, ...indexTypes].join(", ");

/** A document of a registry whose bytes we have seen. */
interface Read {
  /** Of the bytes: measured, and as named where the location or an index named it. */
  readonly digest: string;
  readonly exchange: Exchange;
  readonly document: OciDocument;
}

/** What stands behind a name: one artifact, or a list of them. */
export type OciDocument =
  | { readonly kind: "manifest"; readonly body: OciManifest }
  | { readonly kind: "index"; readonly body: OciIndex };

/** The manifest that a location stands for. */
export interface ChosenManifest {
  readonly manifest: OciManifest;
  readonly digest: string;
  /** What the location itself names: the manifest, or the index that led to it. */
  readonly named: string;
  readonly exchange: Exchange;
}

/** Asks for the location's manifest, through an index where one stands before it, and checks the digest of each step. */
export async function askManifest(ref: OciRef, session: OciSession): Promise<ChosenManifest | Refusal> {
  const first = await read(ref.digest ?? ref.tag ?? "latest", ref, session);
  if ("status" in first) return first;
  let step = first;
  for (let depth = 0; step.document.kind === "index"; depth++) {
    if (depth === INDEX_DEPTH) return refuse("reply-invalid", `an index leads to more than ${INDEX_DEPTH} others`);
    const digest = choose(step.document.body, ref);
    if (typeof digest !== "string") return { ...digest, url: step.exchange.finalUrl };
    const next = await read(digest, ref, session);
    if ("status" in next) return next;
    step = next;
  }
  return { manifest: step.document.body, digest: step.digest, named: first.digest, exchange: first.exchange };
}

/** The digest that a tag has now, by the registry's word and without its manifest; undefined where it does not say. */
export async function digestOfTag(tag: string, session: OciSession): Promise<string | undefined> {
  const answer = await session.ask(`manifests/${tag}`, { method: "HEAD", accept });
  const digest = answer.status === "answered" && answer.httpStatus === 200 ? toldDigest(answer) : undefined;
  return digest !== undefined && isOciDigest(digest) ? digest : undefined;
}

async function read(reference: string, ref: OciRef, session: OciSession): Promise<Read | Refusal> {
  const answer = await session.ask(`manifests/${reference}`, { accept, maxBytes: MANIFEST_MAX_BYTES });
  if (answer.status === "refused") return explained(answer, session);
  if (answer.httpStatus !== 200) return notGiven(answer, reference, ref, session);
  const { exchange, bytes } = answer;
  const invalid = (what: string): Refusal => refuse("reply-invalid", what, placeOf(answer));
  const digest = digestOf(bytes, isOciDigest(reference) ? reference : "sha256");
  if (isOciDigest(reference) && digest !== reference) {
    return invalid(`\`${reference}\` was asked for, the bytes that came are \`${digest}\``);
  }
  const told = toldDigest(answer);
  if (told !== undefined && isOciDigest(told) && digestOf(bytes, told) !== told) {
    return invalid(`the registry calls its manifest \`${told}\`, its bytes are \`${digestOf(bytes, told)}\``);
  }
  const document = documentOf(jsonOf(bytes), mediaTypeOf(answer));
  return typeof document === "string" ? invalid(document) : { digest, exchange, document };
}

function digestOf(bytes: Uint8Array, like: string): string {
  const algorithm = like.startsWith("sha512") ? "sha512" : "sha256";
  return `${algorithm}:${createHash(algorithm).update(bytes).digest("hex")}`;
}

function toldDigest({ headers }: Answer): string | undefined {
  return headers["docker-content-digest"]?.trim();
}

/** The media type that the header gives, where it is one of a manifest: some registries say `text/plain`. */
function mediaTypeOf({ headers }: Answer): string | undefined {
  const type = (headers["content-type"] ?? "").split(";")[0]?.trim().toLowerCase() ?? "";
  return [...manifestTypes, ...indexTypes].includes(type) ? type : undefined;
}

/**
 * What the value is, or why it is nothing: a document that could be read in two ways is none. `calledType` is what
 * stands beside it, in a header or in the descriptor that names it.
 */
export function documentOf(value: unknown, calledType: string | undefined): OciDocument | string {
  if (typeof value !== "object" || value === null) return "what should be a manifest is none";
  const has = (key: string): boolean => Object.hasOwn(value, key);
  if (has("layers") && has("manifests")) return "the manifest is also an index";
  if (has("fsLayers")) return "the manifest is of docker's first schema, whose layers have no sizes";
  const isIndex = has("manifests");
  const parsed = isIndex ? OciIndex.safeParse(value) : OciManifest.safeParse(value);
  if (!parsed.success) {
    const [issue] = parsed.error.issues;
    const place =
      issue === undefined || issue.path.length === 0 ? "its top" : `\`${issue.path.join(".").slice(0, 100)}\``;
    return `what should be a manifest is none: ${(issue?.message ?? "").slice(0, 200)} at ${place}`;
  }
  const types = isIndex ? indexTypes : manifestTypes;
  for (const type of [parsed.data.mediaType ?? undefined, calledType]) {
    if (type !== undefined && !types.includes(type)) {
      return `it is called \`${type}\`, and it is ${isIndex ? "an index" : "a manifest"}`;
    }
  }
  return "manifests" in parsed.data ? { kind: "index", body: parsed.data } : { kind: "manifest", body: parsed.data };
}

/** The one manifest of an index that the location means. */
function choose({ manifests }: OciIndex, { platform: wanted }: OciRef): string | Refusal {
  // Statements about the other manifests stand in the same list.
  const real = manifests.filter(
    ({ annotations, mediaType }) =>
      annotations?.["vnd.docker.reference.type"] !== "attestation-manifest" &&
      [...manifestTypes, ...indexTypes].includes(mediaType),
  );
  const fitting = wanted === undefined ? real : real.filter((one) => fits(one.platform, wanted));
  const [only] = fitting;
  if (only !== undefined && new Set(fitting.map(({ digest }) => digest)).size === 1) {
    return isOciDigest(only.digest)
      ? only.digest
      : refuse("reply-invalid", `the index names its manifest by \`${only.digest}\`, which can not be checked`);
  }
  const choices = fitting.length === 0 ? real : fitting;
  const told = choices.slice(0, CHOICES_TOLD_MAX).map((one) => choiceOf(one, choices));
  const list = `${told.join(", ")}${choices.length > CHOICES_TOLD_MAX ? ", ..." : ""}`;
  if (real.length === 0) return refuse("not-found", "the index names no manifest");
  if (fitting.length === 0) return refuse("not-found", `the index has nothing for \`${wanted}\`: ${list}`);
  return refuse("choice-needed", `the index names several manifests: ${list}`);
}

/** What tells one manifest from the others: its platform, or its digest where others are for that one too. */
function choiceOf({ platform, digest }: OciDescriptor, choices: readonly OciDescriptor[]): string {
  const name = platformName(platform);
  const isAlone = choices.filter((other) => platformName(other.platform) === name).length === 1;
  return name === undefined || !isAlone
    ? `\`${digest}\`${name === undefined ? "" : ` for \`${name}\``}`
    : `\`${name}\``;
}

type Platform = OciIndex["manifests"][number]["platform"];

function fits(platform: Platform, wanted: string): boolean {
  if (platform === undefined || platform === null) return false;
  const { os, architecture, variant } = platform;
  return [architecture, `${os}/${architecture}`, `${os}/${architecture}/${variant}`].includes(wanted);
}

function platformName(platform: Platform): string | undefined {
  if (platform === undefined || platform === null) return undefined;
  return [platform.os, platform.architecture, platform.variant].filter((part) => part !== undefined).join("/");
}

/**
 * Why a registry did not give a manifest. Only its own words (`MANIFEST_UNKNOWN`, `NAME_UNKNOWN`) call something absent:
 * a web server that is no registry answers 404 for everything. 401 and 403 mean "private" and "missing" alike at most
 * registries.
 */
function notGiven(answer: Answer, reference: string, ref: OciRef, session: OciSession): Refusal {
  const at = placeOf(answer);
  const error = registryError(answer);
  const said = error === undefined ? "" : ` (${[error.code, error.message].filter((part) => part !== "").join(": ")})`;
  const name = `\`${ref.registry}/${ref.repository}\``;
  if (answer.httpStatus === 404) {
    if (error === undefined) {
      return refuse("reply-invalid", "the host answered `404` without a word of a registry's: it may be none", at);
    }
    return error.code === "NAME_UNKNOWN"
      ? refuse("not-found", `the registry knows no repository ${name}${said}`, at)
      : refuse("revision-not-found", `the registry has no \`${reference}\` in ${name}${said}`, at);
  }
  if (answer.httpStatus === 401 || answer.httpStatus === 403) {
    const who = session.isLoggedIn ? "with your login" : "without a login";
    const message = `${name} is private or missing: this registry does not tell ${who}${said}`;
    const reason = answer.httpStatus === 401 ? "authentication-required" : "forbidden";
    return explained(refuse(reason, message, at), session);
  }
  const other = answer.refusal ?? refuse("status-unexpected", `the registry answered \`${answer.httpStatus}\``, at);
  return { ...other, message: other.message + said };
}

function explained(refusal: Refusal, { keptBack }: OciSession): Refusal {
  return refusal.kind === "denied" && keptBack !== undefined
    ? { ...refusal, message: `${refusal.message}; ${keptBack}` }
    : refusal;
}
