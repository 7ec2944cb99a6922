import type { ArchiveCheck, ArchiveFault, ArchiveReport } from "../model/archive-check.ts";
import { printable } from "../model/printable.ts";
import { bytesText, plural } from "../model/quantity.ts";

/** Faults of an archive that a page for people names. */
export const FAULTS_SHOWN = 20;

const forms: { readonly [form: string]: string } = {
  bag: "a bag",
  "ro-crate": "an RO-Crate",
  "oci-layout": "an OCI layout",
};

/** What an archive is and whether it is what it says of itself, in one line. */
export function archiveLine({ form, valid, files, bytes, ...rest }: ArchiveReport | ArchiveCheck): string {
  const made = "timeArchived" in rest && rest.timeArchived !== undefined ? ` of ${rest.timeArchived}` : "";
  const state = valid ? "valid" : "not valid";
  return `${forms[form] ?? form}${made}, ${state}: ${plural(files, "file")}, ${bytesText(bytes)}`;
}

/** Whether anybody was asked for what the archive leaves to be fetched. */
export function hostsText({ fetched }: ArchiveReport): string {
  return fetched === undefined
    ? "no host was asked"
    : `${plural(fetched, "file")} fetched just now, and no other host asked`;
}

/** One fault, in the words of its code, safe to be shown; `quote` puts marks round a path. */
export function faultLine({ severity, code, path, detail }: ArchiveFault, quote: (text: string) => string): string {
  return `${severity} ${code}${path === undefined ? "" : ` ${quote(path)}`}: ${printable(detail)}`;
}

/** How many faults a page leaves out; undefined when it has all of them. */
export function faultsLeft({ faults, faultsOmitted }: ArchiveCheck, shown: number): string | undefined {
  const left = faults.length + faultsOmitted - Math.min(shown, faults.length);
  return left === 0 ? undefined : `${plural(left, "more fault")}`;
}
