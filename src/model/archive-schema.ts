/** What a report says of an archive, as JSON. */
import * as z from "zod";
import { archiveFaultCodes } from "./archive-check.ts";

const fault = z
  .strictObject({
    severity: z.enum(["error", "warning"]),
    code: z.enum(archiveFaultCodes).describe("What is wrong, in a word that never changes its meaning."),
    path: z.string().describe("Inside the archive; may hold foreign text.").exactOptional(),
    detail: z.string().describe("For people; may hold foreign text."),
  })
  .meta({ id: "archiveFault", description: "Something about the archive; never about the release in it." });

/** The archive that was verified. */
export const archiveReport = z
  .strictObject({
    form: z.string().describe("`bag`, `ro-crate` or `oci-layout`."),
    valid: z.boolean().describe("Whether it is what its own manifests say."),
    files: z.int().nonnegative(),
    bytes: z.int().nonnegative(),
    faults: z.array(fault).describe("The first ones, in the order of their paths."),
    faultsOmitted: z.int().nonnegative().describe("Faults beyond those."),
    fetched: z
      .int()
      .nonnegative()
      .describe("Files that were fetched into it first; absent where no host was asked.")
      .exactOptional(),
    timeArchived: z.string().describe("When it was made, as it says itself: ISO 8601 UTC.").exactOptional(),
  })
  .meta({ id: "archive", description: "The archive that was verified in place of the hosts." });
