/** Addresses that stand for a licence. Only pages whose address names one licence are read; nothing is asked for. */
import { spdxIds } from "./license-ids.ts";

/** Longest address that is read, in UTF-16 units. */
const urlMax = 500;

/** True for what is written as an address, known or not. */
export function isLicenseUrl(text: string): boolean {
  return /^https?:\/\//i.test(text);
}

/** The identifier, `LicenseRef-...` or family name that an address stands for; undefined where it is not known. */
export function licenseOfUrl(text: string): string | undefined {
  if (text.length > urlMax || !URL.canParse(text)) return undefined;
  const { hostname, pathname, protocol } = new URL(text);
  if (protocol !== "https:" && protocol !== "http:") return undefined;
  const host = hostname.replace(/^www\./, "");
  const path = pathname.toLowerCase().replace(/(?:\/index\.html?)?\/*$/, "");
  const fixed = `${host}${path.replace(/\.(?:html?|txt|php|pdf|md)$/, "")}`;
  if (Object.hasOwn(pages, fixed)) return pages[fixed];
  const names = path.split("/").slice(1);
  switch (host) {
    case "creativecommons.org":
      return creativeCommons(names);
    case "opensource.org":
    case "choosealicense.com":
    case "spdx.org":
      return /^licenses?$/.test(names[0] ?? "") && names.length === 2 ? bySlug(names[1] ?? "") : undefined;
    case "gnu.org":
      return gnu(names);
    default:
      return undefined;
  }
}

const pages: { readonly [address: string]: string } = {
  "apache.org/licenses/license-1.0": "Apache-1.0",
  "apache.org/licenses/license-1.1": "Apache-1.1",
  "apache.org/licenses/license-2.0": "Apache-2.0",
  "apache.org/licenses": "apache",
  "boost.org/license_1_0": "BSL-1.0",
  "boost.org/users/license": "BSL-1.0",
  "cdla.dev/permissive-1-0": "CDLA-Permissive-1.0",
  "cdla.dev/permissive-2-0": "CDLA-Permissive-2.0",
  "cdla.dev/sharing-1-0": "CDLA-Sharing-1.0",
  "cdla.io/permissive-1-0": "CDLA-Permissive-1.0",
  "cdla.io/sharing-1-0": "CDLA-Sharing-1.0",
  "eclipse.org/legal/epl-2.0": "EPL-2.0",
  "eclipse.org/legal/epl-v10": "EPL-1.0",
  "eclipse.org/legal/epl-v20": "EPL-2.0",
  "mozilla.org/en-us/mpl/2.0": "MPL-2.0",
  "mozilla.org/mpl/1.1": "MPL-1.1",
  "mozilla.org/mpl/2.0": "MPL-2.0",
  "opendatacommons.org/licenses/by": "ODC-By-1.0",
  "opendatacommons.org/licenses/by/1-0": "ODC-By-1.0",
  "opendatacommons.org/licenses/by/1.0": "ODC-By-1.0",
  "opendatacommons.org/licenses/by/summary": "ODC-By-1.0",
  "opendatacommons.org/licenses/odbl": "ODbL-1.0",
  "opendatacommons.org/licenses/odbl/1-0": "ODbL-1.0",
  "opendatacommons.org/licenses/odbl/1.0": "ODbL-1.0",
  "opendatacommons.org/licenses/odbl/summary": "ODbL-1.0",
  "opendatacommons.org/licenses/pddl": "PDDL-1.0",
  "opendatacommons.org/licenses/pddl/1-0": "PDDL-1.0",
  "opendatacommons.org/licenses/pddl/1.0": "PDDL-1.0",
  "opendatacommons.org/licenses/pddl/summary": "PDDL-1.0",
  "openmdw.ai/license/1-0": "OpenMDW-1.0",
  "scripts.sil.org/ofl": "ofl",
  "openfontlicense.org": "ofl",
  "unlicense.org": "Unlicense",
  "wtfpl.net": "WTFPL",
  // Makers of models. A page without a version in its address says what it says today, and is no name.
  "ai.google.dev/gemma/terms": "LicenseRef-HF-gemma",
  "ai.meta.com/llama/license": "LicenseRef-HF-llama2",
  "huggingface.co/spaces/bigcode/bigcode-model-license-agreement": "LicenseRef-HF-bigcode-openrail-m",
  "huggingface.co/spaces/bigscience/license": "LicenseRef-HF-bigscience-bloom-rail-1.0",
  "huggingface.co/spaces/compvis/stable-diffusion-license": "LicenseRef-HF-creativeml-openrail-m",
  "llama.com/llama2/license": "LicenseRef-HF-llama2",
  "llama.com/llama3/license": "LicenseRef-HF-llama3",
  "llama.com/llama3_1/license": "LicenseRef-HF-llama3.1",
  "llama.com/llama3_2/license": "LicenseRef-HF-llama3.2",
  "llama.com/llama3_3/license": "LicenseRef-HF-llama3.3",
  "llama.com/llama4/license": "LicenseRef-HF-llama4",
  "llama.meta.com/llama2/license": "LicenseRef-HF-llama2",
  "llama.meta.com/llama3/license": "LicenseRef-HF-llama3",
  "llama.meta.com/llama3_1/license": "LicenseRef-HF-llama3.1",
};

/** `licenses/by-nc/3.0/us/legalcode.en`, `publicdomain/zero/1.0/deed.de`. */
function creativeCommons([kind, code = "", version = "", ...rest]: readonly string[]): string | undefined {
  const port = rest.filter((name) => !/^(?:legalcode|deed)(?:\.[a-z_-]{2,10}|\.txt)?$/.test(name));
  if (port.length > 1 || rest.length > 2) return undefined;
  if (kind === "publicdomain" && version === "1.0" && port.length === 0)
    return code === "zero" ? "CC0-1.0" : code === "mark" ? "CC-PDM-1.0" : undefined;
  if (kind !== "licenses") return undefined;
  const parts = new Set(code.split("-"));
  const elements = ["by", "nc", "nd", "sa"].filter((one) => parts.has(one));
  if (elements.length !== parts.size) return undefined;
  const id = ["cc", ...elements, version, ...port].join("-");
  return version === "" ? "cc" : spdxIds().licenses.get(id);
}

/** The last part of an address as the list spells it: `mit`, `apache-2-0`, `BSD-3-Clause.html`, `mit-license.php`. */
function bySlug(name: string): string | undefined {
  const slug = name.replace(/\.(?:html?|txt|php|json)$/, "");
  const { licenses } = spdxIds();
  const known = licenses.get(slug) ?? licenses.get(slug.replace(/-licen[cs]e$/, ""));
  if (known !== undefined) return known;
  const spelt = [...licenses].filter(([id]) => id.includes(".") && id.replaceAll(".", "-") === slug);
  return spelt.length === 1 ? spelt[0]?.[1] : undefined;
}

/** An address of the GNU project names a version at most: whether later ones may be used stands elsewhere. */
function gnu(names: readonly string[]): string | undefined {
  if (names[0] !== "licenses") return undefined;
  const last = (names.at(-1) ?? "").replace(/(?:-standalone)?\.(?:html?|txt)$|\.[a-z]{2}\.html$/, "");
  const [, family, version] = /^(a?gpl|lgpl|fdl)(?:-(\d\.\d))?$/.exec(last) ?? [];
  if (family === undefined) return undefined;
  const name = family === "fdl" ? "gfdl" : family;
  return version === undefined ? name : spdxIds().licenses.get(`${name}-${version}`);
}
