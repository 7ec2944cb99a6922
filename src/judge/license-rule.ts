/** Whether a licence is of the kind that a requirement asks for. Three answers: what no list knows is for a person. */
import { type LicenseTree, parseLicense } from "../model/license-parse.ts";
import { type LicenseTerms, restrictions, termsOfLicense } from "../model/license-terms.ts";

export type Allowed = "yes" | "person" | "no";

interface Rule {
  /** What a licence must be: ends the sentence "is ...". */
  readonly asks: string;
  readonly judge: (terms: LicenseTerms, id: string) => Allowed;
}

const restricted = ({ flags }: LicenseTerms): boolean => flags.some((flag) => restrictions.has(flag));
const isReference = (id: string): boolean => /^(?:DocumentRef-[^:]+:)?LicenseRef-/i.test(id);
/** A licence of its maker's own of which no table here says anything. */
const isUnread = ({ known }: LicenseTerms, id: string): boolean => isReference(id) && !known;

/** Licences that Debian's archive does not take although other lists call them free: early Creative Commons ones. */
const notForDebian = /^CC-BY(?:-SA)?-(?:1\.0|2\.[01]|2\.5)(?:-|$)/;
/**
 * Data licences that the Model Openness Tool does not count although they are open. It spells the identifier of the
 * Public Domain Dedication and License wrongly, so that one never counts there.
 */
const notInTool =
  /^(?:PDDL-1\.0|CC-PDDC|CC-PDM-1\.0|CC-BY-SA-3\.0-(?:DE|IGO)|DL-DE-.*|NLOD-.*|etalab-2\.0|OpenMDW-(?!1\.0$).*)$/;
/** Terms that the Commission's guidelines of July 2025 call incompatible with the exception. */
const notForException: ReadonlySet<string> = new Set([
  "non-commercial",
  "no-derivatives",
  "user-cap",
  "no-hosting",
  "non-production",
]);

export const licenseRules = {
  granted: {
    asks: "a licence",
    judge: (terms, id) => (isUnread(terms, id) ? "person" : "yes"),
  },
  changeable: {
    asks: "a licence that allows changes",
    judge: (terms, id) => {
      if (terms.flags.includes("no-derivatives")) return "no";
      return isUnread(terms, id) ? "person" : "yes";
    },
  },
  unrestricted: {
    asks: "a licence without restrictions",
    judge: (terms) => (restricted(terms) ? "no" : isListed(terms) ? "yes" : "person"),
  },
  osi: {
    asks: "approved by the OSI",
    judge: (terms, id) => (terms.osi ? "yes" : isUnread(terms, id) ? "person" : "no"),
  },
  /** The definition speaks of approved *terms* for parameters, and leaves open how they are given. */
  "osi-terms": {
    asks: "under terms that the OSI approves",
    judge: (terms) => (terms.osi ? "yes" : restricted(terms) ? "no" : "person"),
  },
  /** For software and weights. An open licence for data alone is for a person here. */
  open: {
    asks: "an open licence",
    judge: (terms) => {
      if (restricted(terms)) return "no";
      return terms.osi || terms.fsf || terms.openModel ? "yes" : "person";
    },
  },
  /** For data and texts. */
  "open-content": {
    asks: "an open licence",
    judge: (terms) => (restricted(terms) ? "no" : isListed(terms) ? "yes" : "person"),
  },
  "fsf-software": {
    asks: "a free software licence by the FSF's list",
    judge: (terms) => (terms.fsf ? "yes" : restricted(terms) ? "no" : "person"),
  },
  "four-freedoms": {
    asks: "a licence that gives the four freedoms",
    judge: (terms) => (restricted(terms) ? "no" : isListed(terms) ? "yes" : "person"),
  },
  dfsg: {
    asks: "a licence that Debian's guidelines allow",
    judge: (terms, id) => {
      if (restricted(terms) || notForDebian.test(id)) return "no";
      // Free for Debian only without sections that nobody may change, which no identifier of a bare version tells.
      if (id.startsWith("GFDL-")) return "person";
      return terms.osi || terms.fsf || /^CC-BY(?:-SA)?-[34]\.0/.test(id) ? "yes" : "person";
    },
  },
  "mot-open": {
    asks: "on the lists of the Model Openness Tool",
    judge: (terms, id) => (isListed(terms) && !notInTool.test(id) ? "yes" : "no"),
  },
  "eu-free": {
    asks: "a licence for access, use, change and distribution",
    judge: (terms) => {
      if (terms.flags.some((flag) => notForException.has(flag))) return "no";
      return !restricted(terms) && isListed(terms) ? "yes" : "person";
    },
  },
} as const satisfies { readonly [id: string]: Rule };

/** The kinds of licences that requirements ask for. */
export type LicenseRule = keyof typeof licenseRules;

function isListed({ osi, fsf, openData, openModel }: LicenseTerms): boolean {
  return osi || fsf || openData || openModel;
}

/** Judges a licence expression: what holds together must all be allowed, of alternatives one is enough. */
export function judgeExpression(expression: string, rule: LicenseRule): Allowed {
  const tree = treeOf(expression);
  return tree === undefined ? "person" : judgeTree(tree, licenseRules[rule]);
}

function treeOf(expression: string): LicenseTree | undefined {
  const parsed = parseLicense(expression);
  return parsed.kind === "expression" || parsed.kind === "problem" ? parsed.tree : undefined;
}

const order: readonly Allowed[] = ["no", "person", "yes"];

function judgeTree(tree: LicenseTree, rule: Rule): Allowed {
  if ("license" in tree) {
    const allowed = rule.judge(termsOfLicense(tree.license), tree.license);
    // An exception of the list allows more; what somebody added himself can also take away.
    const isOwn = tree.exception !== undefined && /AdditionRef-/i.test(tree.exception);
    return isOwn && allowed === "yes" ? "person" : allowed;
  }
  const parts = tree.operands.map((operand) => order.indexOf(judgeTree(operand, rule)));
  return order[tree.operator === "AND" ? Math.min(...parts) : Math.max(...parts)] ?? "person";
}

/** Restrictions that stand in every way to take the licence, for a label. */
export function restrictionsOf(expression: string): readonly string[] {
  const tree = treeOf(expression);
  return tree === undefined ? [] : flagsOf(tree);
}

function flagsOf(tree: LicenseTree): readonly string[] {
  if ("license" in tree) return termsOfLicense(tree.license).flags.filter((flag) => restrictions.has(flag));
  const parts = tree.operands.map(flagsOf);
  if (tree.operator === "AND") return [...new Set(parts.flat())];
  return parts.reduce((fewest, part) => (part.length < fewest.length ? part : fewest));
}
