/** Lists of addresses as people declare them and as reports tell of them, for the two schemas that hold them. */
import * as z from "zod";
import { recordDigests, recordFormats, recordStates } from "./records.ts";

/** UTF-16 units of a column's name. */
const COLUMN_MAX = 256;

const column = z.union([
  z
    .string()
    .min(1, { error: "a column's name" })
    .max(COLUMN_MAX, { error: `at most ${COLUMN_MAX} characters` }),
  z.int({ error: "a column's number" }).min(1, { error: "a column's number, counted from 1" }),
]);

const described = (words: string) => column.optional().describe(words);

/** A manifest's `records`; `path` reads a path that leads nowhere else. */
export const recordsSchema = (path: z.ZodType<string>) =>
  z
    .strictObject({
      files: z
        .array(path)
        .min(1, { error: "at least one file; leave `files` out to read every list" })
        .optional()
        .describe("The piece's files that hold the rows; every file that its name calls a list when left out."),
      format: z.enum(recordFormats).optional().describe("How the rows are written; read off the name when left out."),
      header: z.boolean().optional().describe("False for a csv or tsv whose first row is a record already."),
      url: described("The column of the address: its name, or its number from 1 where there is no header."),
      digest: z
        .strictObject(each(recordDigests, (name) => described(`The column of the ${name}.`)))
        .optional()
        .describe("The columns of the digests, by algorithm."),
      size: described("The column of the size in bytes."),
    })
    .meta({ id: "records", description: "The piece is a list of addresses: what its rows look like." });

/** The keys of a manifest's `records`. */
export const recordsKeys: readonly string[] = ["files", "format", "header", "url", "digest", "size"];

const count = (words: string) => z.int().nonnegative().describe(words);
const portion = (words: string) => z.number().min(0).max(1).describe(words);

const share = z
  .strictObject({
    count: count("Rows asked that came to this."),
    share: portion("Of the rows asked."),
    low: portion("The low end of the interval for all rows."),
    high: portion("Its high end."),
  })
  .meta({
    id: "recordShare",
    description: "A share of all rows, with an interval that holds whatever could not be told.",
  });

const columns = z.strictObject({
  url: column,
  digest: z.strictObject(each(recordDigests, () => column.exactOptional())),
  size: column.exactOptional(),
  guessed: z.boolean().describe("True when the manifest did not name them."),
});

/** A report's `records`. */
export const recordsReport = z
  .strictObject({
    rows: count("Rows that the lists have."),
    asked: count("Rows that were asked for."),
    seed: count("What drew them; absent when every row was asked.").exactOptional(),
    lists: count("Files that hold rows."),
    columns: columns.describe("The columns that were read."),
    confidence: portion("How sure each interval is."),
    compared: count("Rows asked whose bytes were compared with what the row declares."),
    suspicious: count("Of those that resolve: a page, an error text or nothing, where something else was promised."),
    resolves: share.describe("There, and as declared as far as it was compared."),
    changed: share.exactOptional().describe("Other bytes than declared; absent where nothing was compared."),
    gone: share.describe("The host says that it is not there."),
    unusable: share.describe("The row names no address."),
    inconclusive: share.describe("Could not be told."),
    reasons: z.record(z.string(), count("Rows.")).describe("Why rows do not resolve."),
    examples: z
      .array(
        z.strictObject({
          state: z.enum(recordStates),
          list: z.string(),
          row: count("Counted from 0, without the header."),
          url: z.string().exactOptional(),
          reason: z.string(),
        }),
      )
      .describe("The first few rows of each kind that do not resolve."),
    bytes: count("Bytes of payload that were read."),
  })
  .meta({ id: "recordsReport", description: "What became of the rows of lists of addresses." });

function each<Key extends string, Value>(names: readonly Key[], value: (name: Key) => Value): { [Each in Key]: Value } {
  return Object.fromEntries(names.map((name) => [name, value(name)])) as { [Each in Key]: Value };
}
