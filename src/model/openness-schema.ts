/** The part of a report that says what the release may be called. Strict. */
import * as z from "zod";
import { availabilities, pieceKinds } from "./manifest.ts";
import { capabilityAnswers, capabilityIds, dataKinds, verdicts } from "./openness.ts";

const names = (words: string) => z.array(z.string()).describe(words);

const definition = z.strictObject({
  id: z.string().describe("What a manifest writes under `claims`."),
  name: z.string(),
  family: z.string().describe("The published text; its definitions stand from the most to the least demanding."),
  verdict: z.enum(verdicts).describe("`satisfied-declared`: by somebody's word alone."),
  missing: names("Requirements that do not hold."),
  judge: names("Requirements that a person must judge."),
  untold: names("Requirements of which nothing could be told."),
});

const capability = z.strictObject({
  id: z.enum(capabilityIds),
  answer: z.enum(capabilityAnswers),
  basis: z.enum(["verified", "declared", "none"]).describe("What `yes` or `partly` rests on."),
  pieces: names("The pieces that decide."),
});

/** The judgement on a release as a report has it. */
export const opennessSummary = z
  .strictObject({
    label: z.string().describe("The release in one line."),
    definitions: z.array(definition),
    data: z
      .array(z.strictObject({ piece: z.string(), kind: z.enum(dataKinds) }))
      .describe("The Open Source Initiative's kinds of data, for each dataset."),
    capabilities: z.array(capability).describe("What anybody can do with the release."),
    unasked: z
      .array(z.strictObject({ id: z.string(), kind: z.enum(pieceKinds), availability: z.enum(availabilities) }))
      .describe("Pieces of the manifest that were not asked for.")
      .exactOptional(),
    bases: z.array(z.string()).describe("The releases that this one was made from.").exactOptional(),
  })
  .meta({
    id: "openness",
    description: "Published definitions and what can be done; `wholesource openness` says what each rests on.",
  });
