import { compareBytes } from "../model/byte-order.ts";
import type { ArchiveCheck, ArchiveFault, ArchiveFaultCode } from "./contents.ts";

/** Errors that are told of, and as many warnings; the rest are only counted. */
export const BAG_FAULTS_MAX = 1_000;

/** Collects what is wrong with a bag, in bounded memory. */
export interface BagFaults {
  error(code: ArchiveFaultCode, path: string | undefined, detail: string): void;
  warning(code: ArchiveFaultCode, path: string | undefined, detail: string): void;
  /** An error where the rule is one in this version of the format; else a warning: allowed, and unwise. */
  when(isError: boolean, code: ArchiveFaultCode, path: string | undefined, detail: string): void;
  result(): Pick<ArchiveCheck, "valid" | "faults" | "faultsOmitted">;
}

/** Starts a collection; of each severity it keeps those that come first in the order of paths. */
export function createBagFaults(max: number = BAG_FAULTS_MAX): BagFaults {
  const kept: Record<ArchiveFault["severity"], ArchiveFault[]> = { error: [], warning: [] };
  let errors = 0;
  let omitted = 0;
  const add = (fault: ArchiveFault): void => {
    if (fault.severity === "error") errors += 1;
    const list = kept[fault.severity];
    const last = list.at(-1);
    if (list.length >= max) omitted += 1;
    if (list.length >= max && (last === undefined || comparePaths(fault, last) >= 0)) return;
    // They come nearly in order, so the place is near the end.
    let at = list.length;
    for (; at > 0; at--) {
      const before = list[at - 1];
      if (before === undefined || comparePaths(before, fault) <= 0) break;
    }
    list.splice(at, 0, fault);
    if (list.length > max) list.pop();
  };
  const when: BagFaults["when"] = (isError, code, path, detail) => {
    const fault = isError
      ? { severity: "error" as const, code, detail }
      : { severity: "warning" as const, code: code === "form-invalid" ? "form-discouraged" : code, detail };
    add(path === undefined ? fault : { ...fault, path });
  };
  return {
    error: (code, path, detail) => when(true, code, path, detail),
    warning: (code, path, detail) => when(false, code, path, detail),
    when,
    result: () => ({
      valid: errors === 0,
      faults: [...kept.error, ...kept.warning].sort(comparePaths),
      faultsOmitted: omitted,
    }),
  };
}

/** What is about no path comes first. */
const comparePaths = (a: ArchiveFault, b: ArchiveFault): number => compareBytes(a.path ?? "", b.path ?? "");
