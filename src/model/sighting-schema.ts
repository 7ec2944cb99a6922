/** A place that speaks about a licence, as the report's JSON has it. */
import * as z from "zod";
import { licenseSources, licenseVerdicts } from "./evidence.ts";

const foreign = (text: string) => z.string().describe(`${text}; foreign text, cut to a bounded length.`);
const line = z.int().positive().describe("Counted from 1.");

/** What recognition says of a text, or of one part of it. */
const reading = {
  verdict: z
    .enum(licenseVerdicts)
    .describe(
      "`exact` is the licence word for word, and alone supports a claim; `modified` has a clause more, less or changed.",
    ),
  expression: z
    .string()
    .describe("An SPDX expression: of the text, or what a field, a tag or a notice names.")
    .exactOptional(),
  also: z.array(z.string()).describe("Expressions that the same words support as well.").exactOptional(),
  resembles: z.string().describe("The licence that a near or modified text resembles.").exactOptional(),
  score: z.number().min(0).max(1).exactOptional(),
  basis: z
    .enum(["fingerprint", "reference"])
    .describe("`fingerprint`: key phrases, where the licence's words are not known here; `reference`: a name alone.")
    .exactOptional(),
  difference: z
    .array(
      z.strictObject({
        line,
        removed: z.string().describe("Words of the licence that the text lacks, without punctuation."),
        added: foreign("What the text has instead"),
        material: z.boolean().describe("Whether it can change what may be done."),
      }),
    )
    .describe("The first places where the text and the licence part.")
    .exactOptional(),
  additions: z
    .array(z.strictObject({ line, where: z.enum(["before", "between", "after"]), text: foreign("The words") }))
    .describe("The first things that stand beside the licence.")
    .exactOptional(),
};

/** The schema of a sighting. */
export const licenseSighting = z
  .strictObject({
    source: z
      .enum(licenseSources)
      .describe(
        "What speaks: `prose` is a sentence of a README, and supports no claim; `policy` and `notice` are files.",
      ),
    path: z.string(),
    line: line.exactOptional(),
    ...reading,
    parts: z
      .array(z.strictObject({ line, lineEnd: line, ...reading }))
      .describe("The first parts of a file that holds more than one licence or notice.")
      .exactOptional(),
    raw: z.string().describe("As written there; foreign text.").exactOptional(),
    link: z.string().describe("Where a card says that its licence stands; foreign text.").exactOptional(),
  })
  .meta({ id: "licenseSighting", description: "One place that speaks about the licence." });
