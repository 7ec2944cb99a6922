import { z } from "zod";
import type { Answer } from "../io/http.ts";
import type { Refusal } from "../model/evidence.ts";
import { jsonOf } from "./json-bytes.ts";

/** Foreign words in a message. UTF-16 units. */
const quoteMaxLength = 200;

const Annotations = z.lazy(() => z.record(z.string(), z.string()).nullish());

const Descriptor = z.lazy(() =>
  z.object({
    mediaType: z.string().max(255),
    digest: z
      .string()
      .regex(/^[a-z0-9]+(?:[.+_-][a-z0-9]+)*:[A-Za-z0-9=_-]+$/)
      .max(255),
    size: z.number().int().nonnegative().max(Number.MAX_SAFE_INTEGER),
    annotations: Annotations,
    artifactType: z.string().max(255).nullish(),
    platform: z
      .object({ os: z.string().max(100), architecture: z.string().max(100), variant: z.string().max(100).optional() })
      .nullish()
      .catch(undefined),
    urls: z.array(z.string()).nullish().catch(undefined),
  }),
);

/** What names content by its digest, everywhere in a registry. */
export type OciDescriptor = z.infer<typeof Descriptor>;

/** The manifest of one artifact: OCI's and docker's have the same fields. */
export const OciManifest = z.lazy(() =>
  z.object({
    schemaVersion: z.literal(2),
    mediaType: z.string().max(255).nullish(),
    artifactType: z.string().max(255).nullish(),
    config: Descriptor,
    layers: z.array(Descriptor),
    annotations: Annotations,
  }),
);
export type OciManifest = z.infer<typeof OciManifest>;

/** A list of manifests. */
export const OciIndex = z.lazy(() =>
  z.object({
    schemaVersion: z.literal(2),
    mediaType: z.string().max(255).nullish(),
    manifests: z.array(Descriptor),
    annotations: Annotations,
  }),
);
export type OciIndex = z.infer<typeof OciIndex>;

/** What a token service answers; either name is in use. */
export const TokenReply = z.lazy(() =>
  z.object({
    token: z.string().optional(),
    access_token: z.string().optional(),
    /** Seconds. */
    expires_in: z.number().nonnegative().optional().catch(undefined),
  }),
);

/** A list of texts, where the field is one. */
const Texts = z.lazy(() => z.array(z.string()).optional().catch(undefined));
const Text = z.lazy(() => z.string().optional().catch(undefined));

/** Of a ModelPack configuration, what a report may show; spellings of earlier versions included. */
export const ModelPackConfig = z.lazy(() =>
  z.object({
    descriptor: z
      .object({ name: Text, family: Text, version: Text, licenses: Texts, sourceURL: Text, datasetsURL: Texts })
      .optional()
      .catch(undefined),
  }),
);

const kitPart = () => z.object({ path: Text, license: Text, digest: Text });
const KitParts = z.lazy(() => z.array(kitPart()).optional().catch(undefined));

/** Of a ModelKit's configuration, what tells of licences and of how its layers were packed. */
export const KitConfig = z.lazy(() =>
  z.object({
    package: z.object({ name: Text, version: Text, license: Text }).optional().catch(undefined),
    model: kitPart().extend({ parts: KitParts }).optional().catch(undefined),
    code: KitParts,
    datasets: KitParts,
    docs: KitParts,
    prompts: KitParts,
  }),
);
export type KitConfig = z.infer<typeof KitConfig>;

/** Of an image's configuration, its labels. */
export const ImageConfig = z.lazy(() =>
  z.object({
    config: z
      .object({ Labels: z.record(z.string(), z.string()).nullish().catch(undefined) })
      .nullish()
      .catch(undefined),
  }),
);

const Errors = z.lazy(() =>
  z.object({
    errors: z.array(z.object({ code: z.string().optional(), message: z.string().optional() })).min(1),
  }),
);

/** What a registry says of its refusal, in its own words. */
export interface RegistryError {
  readonly code: string;
  readonly message: string;
}

/** The first error of a registry's own body; undefined where the body is none of a registry's. */
export function registryError(answer: Answer): RegistryError | undefined {
  const read = Errors.safeParse(jsonOf(answer.bytes));
  const [first] = read.success ? read.data.errors : [];
  if (first === undefined) return undefined;
  return {
    code: (first.code ?? "").slice(0, quoteMaxLength),
    message: (first.message ?? "").slice(0, quoteMaxLength),
  };
}

/** Where an answer came from, for a refusal. */
export function placeOf({ exchange, httpStatus }: Answer): Pick<Refusal, "url" | "httpStatus"> {
  return { url: exchange.finalUrl, httpStatus };
}
