/** The words of a progress line, and the speed that it tells. */
import { printable } from "../model/printable.ts";
import { bytesText, countText, durationText, plural } from "../model/quantity.ts";

/** Speed is that of the last seconds: an average from the start would hide a stall. */
const RATE_WINDOW_MS = 10_000;
/** Below this there is too little to tell a speed from. */
const RATE_SPAN_MIN_MS = 500;
/** Time left beyond this is no use to anybody. */
const LEFT_MAX_SECONDS = 99 * 3600;

/** How far a run is, as the line tells it. */
export interface ProgressState {
  readonly files: number;
  readonly filesTotal?: number | undefined;
  readonly bytes: number;
  readonly bytesTotal?: number | undefined;
  /** Ids of the pieces that are being looked at. */
  readonly current?: readonly string[] | undefined;
}

/** `training-data: 3 of 4 files, 21.3 kB of 840 MB, 12.4 MB/s, 42 s left`. */
export function progressLine(state: ProgressState, bytesPerSecond: number | undefined): string {
  const { files, filesTotal, bytes, bytesTotal, current = [] } = state;
  const [first, ...others] = current;
  const more = others.length === 0 ? "" : ` and ${countText(others.length)} more`;
  const left =
    bytesTotal === undefined || bytesPerSecond === undefined ? undefined : (bytesTotal - bytes) / bytesPerSecond;
  const facts = [
    filesTotal === undefined ? plural(files, "file") : `${countText(files)} of ${plural(filesTotal, "file")}`,
    // More can come than is declared: an archive holds what nobody asked for, and a transfer can start again.
    bytesTotal === undefined || bytes > bytesTotal
      ? bytesText(bytes)
      : `${bytesText(bytes)} of ${bytesText(bytesTotal)}`,
    ...(bytesPerSecond === undefined ? [] : [`${bytesText(bytesPerSecond)}/s`]),
    ...(left === undefined || left < 0 || left > LEFT_MAX_SECONDS ? [] : [`${durationText(Math.ceil(left))} left`]),
  ].join(", ");
  return first === undefined ? facts : `${printable(first)}${more}: ${facts}`;
}

/** Tells how fast bytes came lately. */
export interface RateMeter {
  /** Takes a sample and answers with bytes per second, or undefined while it can not tell. */
  rate(atMs: number, bytes: number): number | undefined;
}

/** A meter over the last seconds; it keeps one sample for each time that it is asked. */
export function createRateMeter(): RateMeter {
  const samples: { readonly atMs: number; readonly bytes: number }[] = [];
  return {
    rate(atMs, bytes) {
      samples.push({ atMs, bytes });
      while (samples[1] !== undefined && samples[1].atMs <= atMs - RATE_WINDOW_MS) samples.shift();
      const oldest = samples[0];
      if (oldest === undefined || atMs - oldest.atMs < RATE_SPAN_MIN_MS) return undefined;
      return Math.max(0, ((bytes - oldest.bytes) * 1000) / (atMs - oldest.atMs));
    },
  };
}
