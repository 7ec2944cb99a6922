/** Flags and duties of a licence, as the report's JSON has them. */
import * as z from "zod";
import { dutyStates, licenseBases, licenseDutyIds } from "./license-duties.ts";
import { licenseFlags as flagNames } from "./license-terms.ts";

const flags = z.array(z.enum(flagNames));

/** The schema of a licence's flags. */
export const licenseFlags = z
  .strictObject({
    license: z.string().describe("The expression that the flags are of."),
    basis: z
      .enum(licenseBases)
      .describe("`text`: word for word; `stated`: a field or tag beside the piece; `declared`: the manifest alone."),
    known: z.boolean().describe("False where nothing is known of the licence: then no flag means nothing."),
    flags: flags.describe("What holds whichever alternative is taken."),
    ways: z.array(flags).describe("One entry for each alternative, where they differ.").exactOptional(),
  })
  .meta({ id: "licenseFlags", description: "What the licence of a piece asks and forbids. No advice." });

/** The schema of a licence's duties. */
export const licenseDuties = z
  .array(
    z.strictObject({
      duty: z.enum(licenseDutyIds),
      state: z
        .enum(dutyStates)
        .describe("`elsewhere`: another piece has it; `undetermined`: not everything beside the piece was read."),
      path: z.string().exactOptional(),
      piece: z.string().describe("The piece that has it.").exactOptional(),
    }),
  )
  .describe("What has to travel with the piece when it is passed on, and whether it is there.");
