/** What two reports of one release have to have in common, whenever and wherever they were made. */
import type { Report } from "../../src/model/report.ts";

/**
 * The report without its times, its own place, and what a host said on the wire that day. A folder is listed in the
 * order of its disk, and findings about what nobody declared come as they are listed: here they are sorted.
 */
export function comparable(report: Report): unknown {
  const { archive: _archive, manifest, findings, ...rest } = report;
  const sorted = findings.map((one) => JSON.stringify(one)).sort();
  const plain = { ...rest, findings: sorted, timeVerified: "", durationSeconds: 0, manifest: { ...manifest, uri: "" } };
  return JSON.parse(JSON.stringify(plain, (key, value) => (key === "exchange" ? undefined : value)));
}
