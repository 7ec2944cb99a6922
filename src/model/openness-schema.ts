/** The part of a report that says what the release may be called. Strict. */
import * as z from "zod";
import { dataTopics, sourceFields, sourceStates, topicStates } from "./described.ts";
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

const topic = z.strictObject({
  topic: z.enum(dataTopics),
  state: z.enum(topicStates).describe("`empty`: a heading with nothing below it; `lacking`: no heading speaks of it."),
  heading: z.string().exactOptional(),
  line: z.int().positive().exactOptional(),
});

const source = z.strictObject({
  uri: z.string(),
  piece: z.string().describe("Whose description lists it."),
  path: z.string(),
  line: z.int().positive(),
  by: z.enum(sourceFields),
  state: z.enum(sourceStates).describe("Only `gone` says that it is not there; `undetermined`: nobody answered."),
  detail: z.string().exactOptional(),
});

const information = z.strictObject({
  descriptions: z.array(
    z.strictObject({
      piece: z.string(),
      path: z.string().describe("Absent where it was not read for its headings.").exactOptional(),
      topics: z.array(topic),
    }),
  ),
  sources: z.array(source).describe("Public sources that descriptions list, as far as they were asked for."),
  sourcesUnasked: z.int().nonnegative(),
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
    information: information
      .describe(
        "What stands in place of training data that is not all shipped; whether it is enough a person must judge.",
      )
      .exactOptional(),
  })
  .meta({
    id: "openness",
    description: "Published definitions and what can be done; `wholesource openness` says what each rests on.",
  });
