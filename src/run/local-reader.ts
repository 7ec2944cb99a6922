import { type DigestLane, digestLocalFile, type LocalFileOptions } from "../digest/local.ts";
import { inspectBytes } from "../inspect/inspector.ts";
import type { Sink } from "../io/sink.ts";
import type { BatchObject, Evidence, Inspection, Refusal, Transfer } from "../model/evidence.ts";
import type { Said, saidIn } from "./look-licenses.ts";
import { LICENSE_MAX_BYTES } from "./look-parts.ts";

/** What is wanted of a file beside its digests. */
type Wanted = Pick<BatchObject, "path" | "licenseSource" | "tagSource" | "cardSource">;

/** What was seen of a file's bytes. */
export type Seen = Pick<Evidence, "transfer" | "refusal" | "inspection" | "licenses" | "card">;

/** How files are read. */
export interface ReadLimits {
  readonly maxBytes: number;
  readonly signal: AbortSignal;
  readonly onBytes: (count: number) => void;
  /** Gets all bytes. */
  readonly tap?: Sink;
}

/** Says what a file says. */
export type SaidIn = typeof saidIn;

/** Loaded where something may speak of a licence: the program starts without what only a licence's text needs. */
export async function loadSaidIn(
  wanted: Omit<Wanted, "path">,
  { saidIn }: { readonly saidIn: () => Promise<SaidIn> },
): Promise<SaidIn | undefined> {
  if (wanted.licenseSource !== true && wanted.tagSource !== true && wanted.cardSource !== true) return undefined;
  return saidIn();
}

const nothing: Inspection = { hazards: [] };
const silent: Said = {};

/** Reads one local file after the other, and remembers of the last one what it was: an object for each would cost as much as hashing it. */
export class LocalReader {
  readonly #lane: DigestLane;
  readonly #options: LocalFileOptions;
  #wanted: Wanted = { path: "" };
  #inspection = nothing;
  #said = silent;

  constructor(lane: DigestLane, limits: ReadLimits, saidIn?: SaidIn) {
    this.#lane = lane;
    this.#options = {
      ...limits,
      onHead: (head, file) => {
        const wanted = this.#wanted;
        // A big file's end is looked at too: that is where some formats say whether they are whole.
        this.#inspection = inspectBytes(wanted.path, head, file.size, file.last);
        if (saidIn === undefined) return;
        // One byte too many tells that it is no licence text.
        const isWhole = wanted.licenseSource === true || wanted.cardSource === true;
        this.#said = saidIn(wanted, isWhole ? file.last(LICENSE_MAX_BYTES + 1) : head);
      },
    };
  }

  /** Digests the file at the path, links not followed; `wanted.path` is the name that it goes by. */
  read(at: string, wanted: Wanted): Transfer | Refusal | Promise<Transfer | Refusal> {
    this.#wanted = wanted;
    this.#inspection = nothing;
    this.#said = silent;
    return digestLocalFile(at, this.#lane, this.#options);
  }

  /** What the last file is, as far as its bytes tell. */
  get inspection(): Inspection {
    return this.#inspection;
  }

  /** True when the last file says nothing of its licence and its origin. */
  get isSilent(): boolean {
    return this.#said.licenses === undefined && this.#said.card === undefined;
  }

  /** Everything about the last file. */
  seen(transfer: Transfer | Refusal): Seen {
    if (transfer.status === "refused") return { refusal: transfer };
    const { format, hazards } = this.#inspection;
    return {
      transfer,
      ...(format === undefined && hazards.length === 0 ? {} : { inspection: this.#inspection }),
      ...this.#said,
    };
  }
}
