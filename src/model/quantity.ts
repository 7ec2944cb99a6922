/** Amounts as people read them: SI units, few digits. */

const BYTE_UNITS = ["kB", "MB", "GB", "TB", "PB", "EB"] as const;
/** From here on a rounded number would have four digits before its unit. */
const ROUNDS_UP = 999.5;
const MINUTE_SECONDS = 60;
const HOUR_SECONDS = 3600;

/** `1,234,567`. */
export function countText(count: number): string {
  return String(count).replace(/\B(?=(?:\d{3})+$)/g, ",");
}

/** `1 file`, `2 files`, `1,000 files`; the plural is the noun with an s unless another one is given. */
export function plural(count: number, noun: string, nouns: string = `${noun}s`): string {
  return `${countText(count)} ${count === 1 ? noun : nouns}`;
}

/** `812 bytes`, `21.3 kB`, `213 MB`: powers of 1000. */
export function bytesText(bytes: number): string {
  if (!Number.isFinite(bytes) || bytes < 0) return "? bytes";
  if (bytes < 1000) return plural(Math.round(bytes), "byte");
  let value = bytes;
  let unit = "";
  for (const next of BYTE_UNITS) {
    if (unit !== "" && value < ROUNDS_UP) break;
    value /= 1000;
    unit = next;
  }
  return `${value < 99.95 ? value.toFixed(1) : Math.round(value)} ${unit}`;
}

/** `4.1 %`; never `0.0 %` of something and never `100.0 %` of less than all. */
export function percentText(share: number): string {
  if (share > 0 && share < 0.001) return "under 0.1 %";
  if (share < 1 && share >= 0.9995) return "over 99.9 %";
  return `${(share * 100).toFixed(1)} %`;
}

/** The low end of an interval in per cent, rounded so that the interval does not shrink. */
export const lowEnd = (share: number): string => (Math.floor(share * 1000 + ROUNDING) / 10).toFixed(1);
/** The high end. */
export const highEnd = (share: number): string => (Math.ceil(share * 1000 - ROUNDING) / 10).toFixed(1);

/** What multiplying a decimal by a thousand may be off by. */
const ROUNDING = 1e-9;

/** `0.4 s`, `42 s`, `3 min 05 s`, `2 h 07 min`. */
export function durationText(seconds: number): string {
  if (!Number.isFinite(seconds) || seconds < 0) return "? s";
  if (seconds < 9.95) return `${seconds.toFixed(1)} s`;
  const whole = Math.round(seconds);
  if (whole < MINUTE_SECONDS) return `${whole} s`;
  const two = (value: number) => String(value).padStart(2, "0");
  if (whole < HOUR_SECONDS) return `${Math.floor(whole / MINUTE_SECONDS)} min ${two(whole % MINUTE_SECONDS)} s`;
  const minutes = Math.round(whole / MINUTE_SECONDS);
  return `${countText(Math.floor(minutes / 60))} h ${two(minutes % 60)} min`;
}
