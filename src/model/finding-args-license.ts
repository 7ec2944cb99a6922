/** The typed facts of findings on licences and on what a release was made from. */

/** Strings may be foreign text: reporters escape them. */
export interface LicenseFindingArgs {
  "license-undeclared": Record<never, never>;
  "license-malformed": { declared: string; detail: string };
  /** `path` and `line` where a card or a package file says it, and not the manifest. */
  "license-ambiguous": { declared: string; detail: string; path?: string; line?: number };
  /** `said`: the one thing beside the piece that hints at a licence, and where it stands. */
  "license-absent": { declared: string; said?: string; path?: string; line?: number };
  "license-mismatch": { declared: string; found: string; path: string; line?: number };
  "license-published-differs": { declared: string; published: string };
  /** `change`: the first place where the text and the licence part, and matter. */
  "license-modified": { declared: string; path: string; resembles: string; score: string; change?: string };
  "license-extended": { declared: string; path: string; found: string; added: string };
  "license-several": { declared: string; path: string; found: string };
  "license-notice-only": { declared: string; path: string; found: string };
  "license-unrecognized": { declared: string; path: string };
  "license-unread": { declared: string; path: string; reason: string };
  "license-partly-found": { declared: string; found: string; path: string };
  "license-places-disagree": {
    first: string;
    firstPath: string;
    firstLine?: number;
    second: string;
    secondPath: string;
    secondLine?: number;
  };
  "license-prose-differs": { license: string; found: string; path: string; line?: number };
  "license-text-absent": { license: string; path: string; line?: number };
  "license-link-absent": { license: string; path: string; line?: number };
  "license-link-dead": { link: string; path: string; line?: number; detail: string };
  "license-use-policy-beside": { license: string; path: string };
  "license-gate-contradicts": { license: string; gated: string };
  /** `covers`: `database` or `list`. */
  "license-compilation-only": { license: string; covers: string };
  /** `from`: the piece that has the text. */
  "license-inherited": { license: string; path: string; from: string };
  // what the release was made from
  /** `flags`: the terms that are dropped. */
  "license-parent-forbids": { license: string; parent: string; parentLicense: string; flags: string; relation: string };
  "license-data-forbids": { license: string; dataset: string; dataLicense: string; flags: string };
  "lineage-undetermined": { uri: string; detail: string };
  "lineage-unresolved": { uri: string; reason: string; detail: string };
}
