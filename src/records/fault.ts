/** Why a list of addresses can not be read. A reason is never renamed or reused. */
export type RecordsFaultReason = "malformed" | "unsupported" | "limit" | "column-missing" | "columns-unknown";

/** Thrown by the readers of lists, and turned into evidence by whoever reads them: lists come from anywhere. */
export class RecordsFault extends Error {
  readonly reason: RecordsFaultReason;

  constructor(reason: RecordsFaultReason, message: string) {
    super(message);
    this.name = "RecordsFault";
    this.reason = reason;
  }
}
