/** SPDX licence expressions: read, normalised, compared. */
export { compareLicenses, type LicenseAgreement } from "./license-compare.ts";
export {
  type LicenseProblem,
  licenseDepthLimit,
  licenseLengthLimit,
  type ParsedLicense,
  parseLicense,
} from "./license-parse.ts";
