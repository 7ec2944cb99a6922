import { type DigestLane, digestLocalFile, type LocalFileOptions } from "../digest/local.ts";
import { inspectBytes } from "../inspect/inspector.ts";
import type { Sink } from "../io/sink.ts";
import type { BatchObject, Evidence, Inspection, LicenseSighting, Refusal, Transfer } from "../model/evidence.ts";
import type { licensesOf } from "./look-licenses.ts";
import { LICENSE_MAX_BYTES } from "./look-parts.ts";

/** What is wanted of a file beside its digests. */
type Wanted = Pick<BatchObject, "path" | "licenseSource" | "tagSource">;

/** What was seen of a file's bytes. */
export type Seen = Pick<Evidence, "transfer" | "refusal" | "inspection" | "licenses">;

/** How files are read. */
export interface ReadLimits {
  readonly maxBytes: number;
  readonly signal: AbortSignal;
  readonly onBytes: (count: number) => void;
  /** Gets all bytes. */
  readonly tap?: Sink;
}

type LicensesOf = typeof licensesOf;

/** Loaded where something may speak of a licence: the program starts without what only a licence's text needs. */
export async function loadLicensesOf(
  wanted: Pick<Wanted, "licenseSource" | "tagSource">,
): Promise<LicensesOf | undefined> {
  if (wanted.licenseSource !== true && wanted.tagSource !== true) return undefined;
  return (await import("./look-licenses.ts")).licensesOf;
}

const nothing: Inspection = { hazards: [] };
const noLicenses: readonly LicenseSighting[] = [];

/** Reads one local file after the other, and remembers of the last one what it was: an object for each would cost as much as hashing it. */
export class LocalReader {
  readonly #lane: DigestLane;
  readonly #options: LocalFileOptions;
  #wanted: Wanted = { path: "" };
  #inspection = nothing;
  #licenses = noLicenses;

  constructor(lane: DigestLane, limits: ReadLimits, licensesOf?: LicensesOf) {
    this.#lane = lane;
    this.#options = {
      ...limits,
      onHead: (head, file) => {
        const wanted = this.#wanted;
        // A big file's end is looked at too: that is where some formats say whether they are whole.
        this.#inspection = inspectBytes(wanted.path, head, file.size, file.last);
        if (licensesOf === undefined) return;
        // One byte too many tells that it is no licence text.
        const bytes = wanted.licenseSource === true ? file.last(LICENSE_MAX_BYTES + 1) : head;
        this.#licenses = licensesOf(wanted, bytes);
      },
    };
  }

  /** Digests the file at the path, links not followed; `wanted.path` is the name that it goes by. */
  read(at: string, wanted: Wanted): Transfer | Refusal | Promise<Transfer | Refusal> {
    this.#wanted = wanted;
    this.#inspection = nothing;
    this.#licenses = noLicenses;
    return digestLocalFile(at, this.#lane, this.#options);
  }

  /** What the last file is, as far as its bytes tell. */
  get inspection(): Inspection {
    return this.#inspection;
  }

  /** What the last file says of its licence. */
  get licenses(): readonly LicenseSighting[] {
    return this.#licenses;
  }

  /** Everything about the last file. */
  seen(transfer: Transfer | Refusal): Seen {
    if (transfer.status === "refused") return { refusal: transfer };
    const { format, hazards } = this.#inspection;
    return {
      transfer,
      ...(format === undefined && hazards.length === 0 ? {} : { inspection: this.#inspection }),
      ...(this.#licenses.length === 0 ? {} : { licenses: this.#licenses }),
    };
  }
}
