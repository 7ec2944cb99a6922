/** Archived copies as locations of last resort: asked when no source of a piece has it, and told as what they are. */
import { WholesourceError } from "../model/error.ts";
import type { Location, Piece } from "../model/manifest.ts";
import type { Matched } from "../resolve/registry.ts";
import { withArchiveAt } from "./opened-archive.ts";
import { openReplay, RecordsDamaged } from "./replay.ts";

/** A copy of a piece in an archive, to be tried like any other location: its bytes are measured. */
export interface ArchivedCopy {
  readonly location: Location;
  readonly matched: Matched;
}

/** Where copies can be had. */
export interface Fallback {
  copiesOf(piece: Piece): readonly ArchivedCopy[];
}

/** Opens archives for the time of a run. Throws WholesourceError for what is none of ours. */
export async function withFallback<Value>(
  paths: readonly string[],
  signal: AbortSignal | undefined,
  act: (fallback: Fallback) => Promise<Value>,
): Promise<Value> {
  const [path, ...others] = paths;
  if (path === undefined) return act({ copiesOf: () => [] });
  // Its bytes are measured where they are used, so that here only names are compared.
  const options = { depth: "probe" as const, ...(signal === undefined ? {} : { signal }) };
  const opened = await withArchiveAt(path, options, async ({ folder }) => {
    const replay = await openReplay(folder).catch((error: unknown) => {
      throw error instanceof RecordsDamaged ? unusable(path, error.message) : error;
    });
    return {
      value: await withFallback(others, signal, (rest) =>
        act({
          copiesOf(piece) {
            const matched = replay.keptOf(piece.id);
            const own = matched === undefined ? [] : [{ location: { uri: path }, matched }];
            return [...own, ...rest.copiesOf(piece)];
          },
        }),
      ),
    };
  });
  if (opened === undefined) throw unusable(path, "it is no archive");
  return opened.value;
}

function unusable(path: string, why: string): WholesourceError {
  return new WholesourceError("input-unreadable", `\`${path}\` can not stand in for a source: ${why}`, {
    hint: "name what `wholesource archive` wrote",
    subject: path,
  });
}
