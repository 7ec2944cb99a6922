/** Which columns of a list hold the address and the digests. */
import {
  type RecordColumn,
  type RecordColumns,
  type RecordDigest,
  type Records,
  recordDigests,
} from "../model/records.ts";
import { RecordsFault } from "./fault.ts";

/**
 * The names that are understood when the manifest names none, in order of preference: without regard to case, and with
 * `-`, `_` and spaces left out.
 */
export const guessedNames = {
  url: [
    "url",
    "imageurl",
    "imgurl",
    "downloadurl",
    "contenturl",
    "fileurl",
    "videourl",
    "audiourl",
    "link",
    "uri",
    "src",
  ],
  size: ["contentsize", "filesize", "sizebytes", "bytes"],
} as const;

/** Columns that a reader's message names. */
const NAMED_MAX = 12;
/** Characters of a foreign name that are repeated. */
const NAME_MAX = 64;

/**
 * The columns of a list whose columns have these names; `names` is undefined for a table without a header. `sparse`:
 * a row may lack columns that others have, so only the address must be among the names.
 */
export function chooseColumns(
  declared: Records,
  names: readonly string[] | undefined,
  { sparse = false }: { readonly sparse?: boolean } = {},
): RecordColumns {
  const digest: { [Digest in RecordDigest]?: RecordColumn } = {};
  for (const algorithm of recordDigests) {
    const column = declared.digest?.[algorithm];
    if (column !== undefined) digest[algorithm] = sparse ? column : required(column, names);
  }
  const namesNothing = declared.digest === undefined && declared.url === undefined;
  const url = declared.url === undefined ? guess(guessedNames.url, names) : required(declared.url, names);
  if (url === undefined) {
    const known = names === undefined ? "the list has no header" : `the columns are ${listed(names)}`;
    throw new RecordsFault("columns-unknown", `no column is known to hold the address: ${known}`);
  }
  if (declared.digest === undefined) {
    for (const algorithm of recordDigests) {
      const column = guess([algorithm, `hash${algorithm}`, `${algorithm}sum`, `checksum${algorithm}`], names);
      if (column !== undefined) digest[algorithm] = column;
    }
  }
  const size =
    declared.size !== undefined
      ? sparse
        ? declared.size
        : required(declared.size, names)
      : namesNothing
        ? guess(guessedNames.size, names)
        : undefined;
  const guessed = declared.url === undefined || (declared.digest === undefined && Object.keys(digest).length > 0);
  return { url, digest, ...(size === undefined ? {} : { size }), guessed };
}

function required(column: RecordColumn, names: readonly string[] | undefined): RecordColumn {
  const isThere = typeof column === "number" ? names === undefined : names?.includes(column) === true;
  if (isThere) return column;
  const which = typeof column === "number" ? `number ${column}` : `\`${column.slice(0, NAME_MAX)}\``;
  if (names === undefined) {
    throw new RecordsFault("column-missing", `the list has no header, so it has no column ${which}: give its number`);
  }
  throw new RecordsFault("column-missing", `the list has no column ${which}, its columns are ${listed(names)}`);
}

function guess(wanted: readonly string[], names: readonly string[] | undefined): string | undefined {
  for (const name of wanted) {
    const found = names?.find((one) => fold(one) === name);
    if (found !== undefined) return found;
  }
  return undefined;
}

const fold = (name: string): string => name.toLowerCase().replaceAll(/[-_ ]/g, "");

function listed(names: readonly string[]): string {
  const shown = names.slice(0, NAMED_MAX).map((name) => `\`${name.slice(0, NAME_MAX)}\``);
  return shown.length < names.length ? `${shown.join(", ")} and ${names.length - shown.length} more` : shown.join(", ");
}
