/**
 * What licences ask and forbid, as far as anybody wrote it down for AI releases: flags, never advice. A licence that is
 * not here has no flags that we know; that is not the same as none.
 */
import { fsfLibre, openData, osiApproved } from "./license-lists.ts";
import { type LicenseTree, parseLicense } from "./license-parse.ts";

export const licenseFlags = [
  /** Names or notices must be kept. */
  "attribution",
  /** What is made from it must be passed on under the same terms. */
  "share-alike",
  "non-commercial",
  "no-derivatives",
  /** Some uses are forbidden in the licence itself. */
  "field-of-use",
  /** A policy beside the licence forbids uses, and can be another document. */
  "use-policy",
  /** Above a number of users or a revenue another agreement is needed. */
  "user-cap",
  /** People or firms of some places are left out. */
  "territory",
  /** What is made from it must carry a given name. */
  "naming",
  /** The licensor may end or narrow it without a breach. */
  "revocable",
  /** What the model says may not be used for some things, such as other models. */
  "output-use",
  /** Not for production. */
  "non-production",
  /** Hosting it for others needs another agreement. */
  "no-hosting",
] as const;
export type LicenseFlag = (typeof licenseFlags)[number];

/** What is known of one licence, or of several that hold together. */
export interface LicenseTerms {
  readonly osi: boolean;
  readonly fsf: boolean;
  readonly openData: boolean;
  /** An open licence made for models, data and code together, not approved by the Open Source Initiative. */
  readonly openModel: boolean;
  readonly flags: readonly LicenseFlag[];
  /** False for a licence of which neither a list nor this table says anything. */
  readonly known: boolean;
}

/** Flags that keep a licence from being open by any published definition. Obligations (attribution, ...) do not. */
export const restrictions: ReadonlySet<LicenseFlag> = new Set([
  "non-commercial",
  "no-derivatives",
  "field-of-use",
  "use-policy",
  "user-cap",
  "territory",
  "revocable",
  "output-use",
  "non-production",
  "no-hosting",
]);

const rail: readonly LicenseFlag[] = ["attribution", "field-of-use"];
const research: readonly LicenseFlag[] = ["attribution", "non-commercial"];
const llama: readonly LicenseFlag[] = ["attribution", "use-policy", "user-cap", "naming"];

/** Licences of models that have no SPDX identifier, by the end of their reference in lower case. */
const models: { readonly [name: string]: readonly LicenseFlag[] } = {
  llama2: [...llama, "output-use"],
  llama3: [...llama, "output-use"],
  "llama3.1": llama,
  "llama3.2": [...llama, "territory"],
  "llama3.3": llama,
  llama4: [...llama, "territory"],
  gemma: ["attribution", "use-policy", "revocable"],
  openrail: rail,
  "bigscience-openrail-m": rail,
  "creativeml-openrail-m": rail,
  "bigscience-bloom-rail-1.0": rail,
  "bigcode-openrail-m": rail,
  "openrail-plus-plus": rail,
  deepseek: rail,
  "grok2-community": ["attribution", "use-policy", "user-cap", "output-use"],
  "deepfloyd-if-license": [...research, "field-of-use"],
  "fair-noncommercial-research-license": [...research, "use-policy"],
  "h-research": research,
  "intel-research": research,
  "apple-amlr": research,
  "apple-ascl": ["attribution"],
  "tongyi-qianwen": ["attribution", "user-cap", "naming"],
  "qwen-research": research,
  "mistral-research": research,
  "mistral-non-production": ["attribution", "non-production", "non-commercial"],
  "falcon-180b-tii": ["attribution", "use-policy", "no-hosting"],
  "falcon-llm-tii": ["attribution", "use-policy"],
  "ai2-impact": ["attribution", "field-of-use"],
  "databricks-open-model": ["attribution", "use-policy", "user-cap", "output-use"],
  "nvidia-open-model": ["attribution", "revocable"],
  "jamba-open-model": ["attribution", "use-policy", "user-cap"],
  "kimi-modified-mit": ["attribution", "naming"],
  "minimax-model": ["attribution", "use-policy"],
  "tencent-hunyuan": ["attribution", "use-policy", "user-cap", "territory", "output-use"],
  "stability-ai-community": ["attribution", "use-policy", "user-cap"],
  // The same and others under the names that recognised texts have.
  "llama-1": research,
  "google-hai-def": ["attribution", "use-policy"],
  "falcon-180b-tii-1.0": ["attribution", "use-policy", "no-hosting"],
  "falcon-tii-2.0": ["attribution", "use-policy"],
  "deepseek-1.0": rail,
  "tongyi-qianwen-research": research,
  qwen: ["attribution", "user-cap", "naming"],
  "mrl-0.1": research,
  "mnpl-0.1": ["attribution", "non-production", "non-commercial"],
  nscl: research,
  "ai2-impact-lr": ["attribution", "field-of-use"],
  "ai2-impact-mr": ["attribution", "field-of-use"],
  "ai2-impact-hr": ["attribution", "field-of-use"],
  "moonshot-modified-mit": ["attribution", "naming"],
  "tencent-hunyuan-community": ["attribution", "use-policy", "user-cap", "territory", "output-use"],
  "stability-ai-nc-research-community": [...research, "use-policy"],
  "flux-1-dev-nc": [...research, "use-policy"],
  "exaone-nc": research,
  "opt-175b": research,
  // A condition on top of another licence: no sale, of hosting and support neither.
  "commons-clause-1.0": ["attribution", "field-of-use", "no-hosting"],
  "anti-996-1.0": ["attribution", "field-of-use"],
  // Commerce needs a permission or a registration, whatever the number of users.
  "yi-community": [...research, "field-of-use"],
  "baichuan2-community": [...research, "field-of-use", "user-cap"],
  chatglm: [...research, "field-of-use"],
  // Commerce ends above a revenue.
  "lfm-1.0": ["attribution", "user-cap"],
  "nvidia-ai-foundation-models": ["attribution", "use-policy"],
};

/** SPDX licences with terms that matter here, beyond what their names say. */
const listed: { readonly [id: string]: readonly LicenseFlag[] } = {
  "BUSL-1.1": ["attribution", "non-production"],
  "C-UDA-1.0": ["attribution", "field-of-use"],
  "CDLA-Sharing-1.0": ["attribution", "share-alike"],
  "Elastic-2.0": ["attribution", "no-hosting"],
  "Hippocratic-2.1": ["attribution", "field-of-use"],
  JSON: ["attribution", "field-of-use"],
  // Its text restricts no use; no list of open licences has it.
  "O-UDA-1.0": ["attribution"],
  "NCGL-UK-2.0": ["attribution", "non-commercial"],
  "ODbL-1.0": ["attribution", "share-alike"],
  "Parity-6.0.0": ["attribution", "share-alike"],
  "Parity-7.0.0": ["attribution", "share-alike"],
  "PolyForm-Noncommercial-1.0.0": ["attribution", "non-commercial"],
  "PolyForm-Small-Business-1.0.0": ["attribution", "user-cap"],
  "SSPL-1.0": ["attribution", "share-alike", "no-hosting"],
};

/** Licences that ask for nothing, not even a name. */
const unconditional: ReadonlySet<string> = new Set([
  "0BSD",
  "CC0-1.0",
  "CC-PDDC",
  "CC-PDM-1.0",
  "DL-DE-ZERO-2.0",
  "MIT-0",
  "PDDL-1.0",
  "Unlicense",
  "WTFPL",
]);

/** What is known of one licence, by SPDX identifier or `LicenseRef-...`. */
export function termsOfLicense(id: string): LicenseTerms {
  const reference = /^(?:DocumentRef-[^:]+:)?LicenseRef-(?:HF-)?(.+)$/i.exec(id)?.[1]?.toLowerCase();
  const openModel = /^OpenMDW-/i.test(id) || reference?.startsWith("openmdw-") === true;
  if (reference !== undefined) {
    const flags = Object.hasOwn(models, reference) ? models[reference] : undefined;
    const known = flags !== undefined || openModel;
    return { osi: false, fsf: false, openData: false, openModel, flags: flags ?? [], known };
  }
  const [osi, fsf, data] = [osiApproved.has(id), fsfLibre.has(id), openData.has(id)];
  const flags = flagsByName(id);
  return { osi, fsf, openData: data, openModel, flags, known: osi || fsf || data || openModel || flags.length > 0 };
}

function flagsByName(id: string): readonly LicenseFlag[] {
  if (unconditional.has(id)) return [];
  const own = Object.hasOwn(listed, id) ? listed[id] : undefined;
  if (own !== undefined) return own;
  const elements = /^CC-((?:BY|NC|ND|SA)(?:-(?:NC|ND|SA))*)-\d/.exec(id)?.[1]?.split("-");
  if (elements !== undefined) {
    const flags: LicenseFlag[] = [];
    if (elements.includes("BY")) flags.push("attribution");
    if (elements.includes("SA")) flags.push("share-alike");
    if (elements.includes("NC")) flags.push("non-commercial");
    if (elements.includes("ND")) flags.push("no-derivatives");
    return flags;
  }
  const copyleft =
    /^(?:A?GPL|LGPL|GFDL|EUPL|OSL|MPL|EPL|CDDL|CPL|MS-RL|CECILL-[12]|CERN-OHL-[SW]|RPL|SPL|APSL|QPL|CC-SA)-?/.test(id);
  const known = osiApproved.has(id) || fsfLibre.has(id) || openData.has(id);
  if (copyleft) return ["attribution", "share-alike"];
  return known ? ["attribution"] : [];
}

/** Alternatives beyond which an expression is not taken apart. */
const ALTERNATIVES_MAX = 64;

/**
 * What an expression grants: one entry for each way to take it (`A OR B` has two), each with what holds together.
 * Undefined where the text names no licence that can be read.
 */
export function termsOfExpression(text: string): readonly LicenseTerms[] | undefined {
  const parsed = parseLicense(text);
  const tree = parsed.kind === "expression" || parsed.kind === "problem" ? parsed.tree : undefined;
  return tree === undefined ? undefined : waysOf(tree);
}

function waysOf(tree: LicenseTree): readonly LicenseTerms[] | undefined {
  if ("license" in tree) return [termsOfLicense(tree.license)];
  let ways: readonly LicenseTerms[] = [];
  for (const [index, operand] of tree.operands.entries()) {
    const more = waysOf(operand);
    if (more === undefined) return undefined;
    if (tree.operator === "OR" || index === 0) ways = [...ways, ...more];
    else ways = ways.flatMap((one) => more.map((other) => together(one, other)));
    if (ways.length > ALTERNATIVES_MAX) return undefined;
  }
  return ways;
}

/** Both hold at once: open only where both are, restricted where one is. */
function together(one: LicenseTerms, other: LicenseTerms): LicenseTerms {
  return {
    osi: one.osi && other.osi,
    fsf: one.fsf && other.fsf,
    openData: one.openData && other.openData,
    openModel: one.openModel && other.openModel,
    flags: licenseFlags.filter((flag) => one.flags.includes(flag) || other.flags.includes(flag)),
    known: one.known && other.known,
  };
}
