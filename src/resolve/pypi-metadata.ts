/** The licence that a Python package's core metadata states. */

/** Longer licence fields hold a text and name no licence. UTF-16 units. */
const licenseMaxLength = 200;

/**
 * As written there: `License-Expression`, which is SPDX; else a `License` of one line; else the one licence that the
 * classifiers name. Several classifiers do not say how they hold together, so they say nothing here.
 */
export function licenseOfMetadata(text: string): string | undefined {
  const fields = headerOf(text);
  const first = (name: string): string | undefined =>
    fields.find(([key, value]) => key === name && value.trim() !== "" && value.length <= licenseMaxLength)?.[1];
  const named = first("license-expression") ?? first("license");
  // Authors write UNKNOWN where their tools ask for something.
  if (named !== undefined && !named.includes("\n") && named.toUpperCase() !== "UNKNOWN") return named.trim();
  const classifiers = fields
    .filter(([key, value]) => key === "classifier" && value.startsWith("License :: "))
    .map(([, value]) => value.trim());
  const licenses = classifiers.filter((value) => value !== "License :: OSI Approved");
  return licenses.length === 1 ? licenses[0]?.slice(0, licenseMaxLength) : undefined;
}

/** Name and value of the header's fields; the description below it is of no interest. */
function headerOf(text: string): readonly (readonly [name: string, value: string])[] {
  const fields: [string, string][] = [];
  for (const line of text.split(/\r?\n/)) {
    if (line === "") break;
    const last = fields.at(-1);
    if (/^[ \t]/.test(line)) {
      // A value of this length is not kept anyway.
      if (last !== undefined && last[1].length <= licenseMaxLength) last[1] += `\n${line.trim()}`;
      continue;
    }
    const colon = line.indexOf(":");
    if (colon > 0) fields.push([line.slice(0, colon).toLowerCase(), line.slice(colon + 1).trim()]);
  }
  return fields;
}
