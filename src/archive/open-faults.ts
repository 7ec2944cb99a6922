import type { Hazard, HazardCode } from "../model/evidence.ts";
import type { ArchiveFault, ArchiveFaultCode } from "./contents.ts";

/** Collects faults; many are counted, not kept. */
export interface FaultList {
  add(fault: ArchiveFault): void;
  hazards(hazards: readonly Hazard[]): void;
  list(): readonly ArchiveFault[];
  /** The first fault that means that bytes are missing or false. */
  damage(): ArchiveFault | undefined;
}

const maxFaults = 200;

/** What hazards of archives mean here. All of them are errors, but for the words below. */
const codes: { readonly [code in HazardCode]?: ArchiveFaultCode } = {
  "archive-unsafe": "path-unsafe",
  "archive-ambiguous": "form-invalid",
  "archive-limit": "archive-limit",
};

/** Modes are not kept, and names that differ in case are only unwise where the disk tells them apart. */
const harmless = /setuid|letter case or Unicode form/;

/** An empty list that stays small whatever the archive holds. */
export function createFaultList(): FaultList {
  const kept: ArchiveFault[] = [];
  let omitted = 0;
  const add = (fault: ArchiveFault): void => {
    if (kept.length < maxFaults) kept.push(fault);
    else omitted++;
  };
  return {
    add,
    hazards(hazards) {
      for (const { code, detail, at } of hazards) {
        const isHarmless = harmless.test(detail);
        add({
          severity: isHarmless ? "warning" : "error",
          code: isHarmless ? "form-discouraged" : (codes[code] ?? "archive-damaged"),
          ...(at === undefined ? {} : { path: at }),
          detail,
        });
      }
    },
    list() {
      if (omitted === 0) return kept;
      return [...kept, { severity: "error", code: "form-invalid", detail: `${omitted} more like these` }];
    },
    damage: () => kept.find(({ code }) => code === "archive-damaged" || code === "archive-limit"),
  };
}
