/** The lineage of a release, as the report's JSON has it. */
import * as z from "zod";
import { licenseFlags } from "./license-terms.ts";
import { parentRelations, parentVerdicts } from "./lineage.ts";

const flags = z.array(z.enum(licenseFlags));

const parent = z
  .strictObject({
    uri: z.string(),
    resolver: z.string().describe("Absent when nobody reads such a location.").exactOptional(),
    revision: z.string().describe("What it stands for now.").exactOptional(),
    relation: z
      .enum(parentRelations)
      .describe("`made-from` where a card does not say how; `trained-on` is a dataset, of which no verdict follows."),
    said: z.enum(["manifest", "card"]).describe("Who names it."),
    child: z.string().describe("What was made from it: `release`, or the `uri` of another parent."),
    depth: z.int().positive().describe("1 for what the release itself names."),
    status: z.enum(["found", "refused", "unsupported"]),
    reason: z.string().describe("Why it was refused.").exactOptional(),
    gated: z.string().exactOptional(),
    license: z.string().describe("As its host or its own manifest writes it.").exactOptional(),
    flags: flags.describe("What holds whichever alternative is taken.").exactOptional(),
    verdict: z.enum(parentVerdicts).describe("By kinds of terms, and no legal advice."),
    dropped: flags.describe("The terms that a licence of the release drops.").exactOptional(),
    detail: z.string().describe("Why it could not be told.").exactOptional(),
  })
  .meta({ id: "parent", description: "One model or dataset that the release was made from." });

/** The schema of a lineage. */
export const lineageReport = z
  .strictObject({
    verdict: z.enum(parentVerdicts).describe("The worst of its parents. A chain that breaks off is never `kept`."),
    parents: z.array(parent),
  })
  .meta({
    id: "lineage",
    description: "What the release was made from, and whether the terms of each parent are kept.",
  });
