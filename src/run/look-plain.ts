import { relative } from "node:path";
import { fileURLToPath } from "node:url";
import type { Evidence, Refusal, Transfer } from "../model/evidence.ts";
import { LocalReader, loadSaidIn, type Seen } from "./local-reader.ts";
import { isLink, probeLocal, readFollowed } from "./look-local.ts";
import type { LookTools } from "./look-tools.ts";
import { type PlainFiles, type PlainSeen, SeenColumns } from "./plain-files.ts";

/** Files between two looks at the signal: each look costs a tenth of a small file. */
const SIGNAL_SEEN_EVERY = 16;

/**
 * Looks at plain files, one after the other. Most are done without a promise: waiting for each would cost more than
 * reading it.
 */
export async function lookAtPlainFiles(
  files: PlainFiles,
  tools: LookTools,
  onBytes: (count: number) => void,
  signal: AbortSignal,
): Promise<PlainSeen> {
  const { piece, location, depth, algorithms, tagSource } = files;
  const paths = files.paths.split("\n");
  const columns = new SeenColumns(algorithms);
  const inside = tools.inside(files.within);
  if ("status" in inside) {
    for (const path of paths) columns.rich({ piece, location, path, refusal: inside });
    return columns.all();
  }
  const below = way(files);
  const known = tools.lane(algorithms);
  const lane = known instanceof Promise ? await known : known;
  const reader = new LocalReader(
    lane,
    { maxBytes: tools.options.maxBytes, signal, onBytes },
    await loadSaidIn(files, tools),
  );
  for (const [at, path] of paths.entries()) {
    if (at % SIGNAL_SEEN_EVERY === 0 && signal.aborted) break;
    const place = inside.resolve(below + path);
    let seen: Seen & Pick<Evidence, "probed">;
    if ("status" in place) seen = { refusal: place };
    else if (depth === "probe") {
      seen = probeLocal({ path: place.path, follow: () => inside.follow(below + path) });
      if (seen.probed?.size !== undefined) {
        columns.probed(seen.probed.size);
        continue;
      }
    } else {
      const wanted = { path, tagSource };
      const reading = reader.read(place.path, wanted);
      const read: Transfer | Refusal = reading instanceof Promise ? await reading : reading;
      if (read.status === "read" && reader.isSilent && columns.plain(read, reader.inspection)) continue;
      seen = isLink(read) ? await readFollowed(wanted, inside.follow(below + path), reader) : reader.seen(read);
    }
    columns.rich({ piece, location, path, ...seen });
  }
  return columns.all();
}

/** What leads from the border to the files' folder, to be put before a path. */
function way({ base, within }: PlainFiles): string {
  const below = relative(fileURLToPath(within), fileURLToPath(base));
  return below === "" ? "" : `${below}/`;
}
