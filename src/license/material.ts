/** Which words can change what a licence allows. A wrong "yes" costs a look at the text, a wrong "no" hides a clause. */
import { isMaterial } from "./notice.ts";
import { foreignWord } from "./words.ts";

/** Words that may differ inside a licence, or stand beside it, without a change of what it allows. */
const harmless: ReadonlySet<string> = new Set(
  (
    "a an and are as at be been by copies copy for from had has have he her his i in into is it its my of on our she such " +
    "that the their them these they this those to was we were which who with your " +
    "license licenses licensed notice notices copyright attribution author authors distribution disclaimer person persons " +
    "under terms available released distributed included includes following project software"
  ).split(" "),
);
/** The same, inside a sentence of the licence: there "and", "copies" or "persons" can be what matters. */
const harmlessInside: ReadonlySet<string> = new Set(
  "a an are as at be been by for from had has have in is it its of on the these this those to was were which with".split(
    " ",
  ),
);
/** Words that limit by whom, where, when, how much or for what, and are in no list of usual legal words. */
const limiting =
  /^(?:academ|advert|affiliat|afore|aggregat|amend|annual|audit|author(?:iz|it)|benchmark|biometr|bound$|breach|business|cease|charg|cite$|cites$|citizen|classroom|client|cloud|compan(?:y|ies)$|compet|confiden|consult|consumer|contact|contract|corporat|cost|countr|coven|credit|customer|deep$|delet|deploy|destroy|disclos|domest|domicil|donat|educat|embargo|employ|enterpris|entit|evaluat|exclus|execut|expir|export|fail|fine$|fork|gambl|germany|govern|harm|hire|hobby|host|identif|illegal|individual|inform|intern|irrevoc|issu|jurisdict|law|less$|levy|lieu|majorit|market|medic|militia|million|billion|minim|minor|monthly|nation|nuclear|offens|offer|operat|output|own(?:er)?$|partner|patent|per$|perpetu|police|politic|proprietar|prove$|publi[cs]|refrain|region|reserv|resell|resid|respons|rights?$|sale|saas|sever|solely|state|student|sue$|sued|suit|surrender|tax|temporar|tenant|threat|tort|trade|unlawful|unpaid|valid|vendor|veto|war$|withdraw|worldwide)/;
const negations: ReadonlySet<string> = new Set([
  "no",
  "not",
  "never",
  "none",
  "nor",
  "neither",
  "without",
  "unless",
  "until",
  "only",
  "except",
  "cannot",
  "dont",
  "and",
  "or",
  "any",
  "all",
]);

/** True when words that were added to or taken from a sentence of a licence can change what it allows. */
export function changesTerms(words: readonly string[]): boolean {
  return words.some((word) => !harmlessInside.has(word) && speaksOfTerms(word));
}

/** True when words that stand beside a licence can be a term of their own. */
export function addsTerms(words: readonly string[]): boolean {
  return words.some((word) => !harmless.has(word) && speaksOfTerms(word));
}

function speaksOfTerms(word: string): boolean {
  return word === foreignWord || negations.has(word) || isMaterial(word) || limiting.test(word);
}
