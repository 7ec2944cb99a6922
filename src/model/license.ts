/** SPDX licence expressions: read, normalised, compared. */
export { compareLicenses } from "./license-compare.ts";
export { licenseDepthLimit, licenseLengthLimit, parseLicense } from "./license-parse.ts";
