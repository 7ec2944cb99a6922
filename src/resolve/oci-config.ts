import { createHash } from "node:crypto";
import type { Json } from "../model/json.ts";
import { jsonOf } from "./json-bytes.ts";
import type { OciKind } from "./oci-layers.ts";
import { isOciDigest } from "./oci-location.ts";
import { MANIFEST_MAX_BYTES } from "./oci-manifest.ts";
import { ImageConfig, KitConfig, ModelPackConfig, type OciManifest } from "./oci-reply.ts";
import type { OciSession } from "./oci-session.ts";

/** A licence field longer than this is no licence. UTF-16 units. */
const licenseMaxLength = 2000;
/** Foreign words in a report. UTF-16 units. */
const factMaxLength = 500;
/** Foreign words of one kind in a report. */
const factsMax = 20;

const licenseKey = "org.opencontainers.image.licenses";
/** What a manifest may say of itself that a report shows. */
const shownAnnotations = ["title", "version", "revision", "source", "url", "created", "vendor"];

/** What an artifact says of itself beside its files. */
export interface OciWords {
  readonly licensePublished?: string;
  readonly facts: { readonly [name: string]: Json };
  /** Layers whose members' paths nobody told, by digest, and why. */
  readonly unplaced: ReadonlyMap<string, string>;
}

/** Reads the manifest's annotations and, where it is known to say something, the artifact's configuration. */
export async function wordsOf(manifest: OciManifest, kind: OciKind, session: OciSession): Promise<OciWords> {
  const { annotations } = manifest;
  const facts: { [name: string]: Json } = {};
  for (const key of shownAnnotations) {
    const value = annotations?.[`org.opencontainers.image.${key}`];
    if (value !== undefined) facts[key] = value.slice(0, factMaxLength);
  }
  const licenses = [annotations?.[licenseKey]];
  const unplaced = new Map<string, string>();
  if (kind === "modelpack" || kind === "kitops" || kind === "image") {
    const config = await askConfig(manifest, session);
    if (typeof config === "string") facts.configUnread = config;
    else if (kind === "modelpack") licenses.push(...modelPackWords(config.value, facts));
    else if (kind === "image") {
      const read = ImageConfig.safeParse(config.value);
      licenses.push(read.success ? read.data.config?.Labels?.[licenseKey] : undefined);
    } else licenses.push(kitWords(config.value, manifest, facts, unplaced));
  }
  const licensePublished = allOf(licenses);
  return { ...(licensePublished === undefined ? {} : { licensePublished }), facts, unplaced };
}

/** Whoever names several licences means each of them, until they say otherwise. */
function allOf(licenses: readonly (string | undefined)[]): string | undefined {
  const words = new Set(licenses.map((license) => license?.trim() ?? "").filter((license) => license !== ""));
  const [only] = words;
  const text = words.size <= 1 ? only : [...words].map((word) => (/\s/.test(word) ? `(${word})` : word)).join(" AND ");
  return text?.slice(0, licenseMaxLength);
}

/** The configuration's value, or why there is none. It is named by size and digest like every other blob. */
async function askConfig({ config }: OciManifest, session: OciSession): Promise<{ readonly value: unknown } | string> {
  if (!isOciDigest(config.digest)) return "its digest can not be checked";
  if (config.size > MANIFEST_MAX_BYTES) return "it is too large";
  const answer = await session.ask(`blobs/${config.digest}`, { maxBytes: config.size });
  if (answer.status === "refused") return answer.reason;
  if (answer.httpStatus !== 200) return `the registry answered ${answer.httpStatus}`;
  const algorithm = config.digest.startsWith("sha512") ? "sha512" : "sha256";
  const digest = `${algorithm}:${createHash(algorithm).update(answer.bytes).digest("hex")}`;
  return digest === config.digest
    ? { value: jsonOf(answer.bytes) }
    : "its bytes do not have the digest that they are named by";
}

function modelPackWords(value: unknown, facts: { [name: string]: Json }): readonly string[] {
  const read = ModelPackConfig.safeParse(value);
  const { licenses = [], datasetsURL, ...named } = (read.success ? read.data.descriptor : undefined) ?? {};
  for (const [key, text] of Object.entries(named)) if (text !== undefined) facts[key] = text.slice(0, factMaxLength);
  if (datasetsURL !== undefined) facts.datasetsURL = shortened(datasetsURL);
  return licenses;
}

/**
 * The package's licence, or the model's where the package has none; the parts' own are told, and so are the layers
 * whose members' paths can not be known.
 */
export function kitWords(
  value: unknown,
  { layers }: OciManifest,
  facts: { [name: string]: Json },
  unplaced: Map<string, string>,
): string | undefined {
  const read = KitConfig.safeParse(value);
  if (!read.success) return undefined;
  const { package: kit, model, code, datasets, docs, prompts } = read.data;
  if (kit?.name !== undefined) facts.name = kit.name.slice(0, factMaxLength);
  if (kit?.version !== undefined) facts.version = kit.version.slice(0, factMaxLength);
  const { parts: modelParts = [], ...whole } = model ?? {};
  const parts = [whole, ...modelParts, ...[code, datasets, docs, prompts].flatMap((list) => list ?? [])];
  const licenses = new Set(parts.flatMap(({ license }) => (license === undefined || license === "" ? [] : [license])));
  if (licenses.size > 0) facts.partLicenses = shortened([...licenses]);
  // Early ModelKits name no layers in their configuration, and their archives begin inside each part's folder.
  const isEarly = layers.length > 0 && parts.every(({ digest }) => digest === undefined || digest === "");
  const isDeep = parts.some(({ path = "" }) => path.replace(/^\.\/|\/$/g, "").includes("/"));
  if (isEarly && isDeep) {
    const why = "the ModelKit is of an early version, which does not tell the paths of its files";
    for (const { digest } of layers) unplaced.set(digest, why);
  }
  return kit?.license === undefined || kit.license === "" ? model?.license : kit.license;
}

function shortened(texts: readonly string[]): string[] {
  return texts.slice(0, factsMax).map((text) => text.slice(0, factMaxLength));
}
