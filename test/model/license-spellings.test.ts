import spdx from "spdx-license-list";
import { describe, expect, test } from "vitest";
import { parseLicense } from "../../src/model/license.ts";
import { aliases, families, versionAmbiguous } from "../../src/model/license-names.ts";
import { readSpelling } from "../../src/model/license-spellings.ts";
import { licenseOfUrl } from "../../src/model/license-urls.ts";

const read = (text: string): string => {
  const parsed = parseLicense(text);
  if (parsed.kind === "problem") return parsed.problem;
  return parsed.kind === "expression" ? parsed.expression : parsed.kind;
};

describe("the identifiers of the Hugging Face hub", () => {
  const same =
    "Apache-2.0 MIT AFL-3.0 Artistic-2.0 BSL-1.0 BSD-2-Clause BSD-3-Clause BSD-3-Clause-Clear ECL-2.0 EPL-1.0 EPL-2.0 " +
    "EUPL-1.1 EUPL-1.2 ISC LPPL-1.3c MS-PL MPL-2.0 OSL-3.0 PostgreSQL OFL-1.1 NCSA Unlicense Zlib WTFPL CC0-1.0 " +
    "CC-BY-2.0 CC-BY-2.5 CC-BY-3.0 CC-BY-4.0 CC-BY-SA-3.0 CC-BY-SA-4.0 CC-BY-NC-2.0 CC-BY-NC-3.0 CC-BY-NC-4.0 " +
    "CC-BY-ND-4.0 CC-BY-NC-ND-3.0 CC-BY-NC-ND-4.0 CC-BY-NC-SA-2.0 CC-BY-NC-SA-3.0 CC-BY-NC-SA-4.0 CDLA-Sharing-1.0 " +
    "CDLA-Permissive-1.0 CDLA-Permissive-2.0 etalab-2.0 OpenMDW-1.0";
  const renamed = {
    "c-uda": "C-UDA-1.0",
    "odc-by": "ODC-By-1.0",
    odbl: "ODbL-1.0",
    pddl: "PDDL-1.0",
    "lgpl-lr": "LGPLLR",
  };
  const own =
    "bigscience-openrail-m creativeml-openrail-m bigscience-bloom-rail-1.0 bigcode-openrail-m llama2 llama3 llama3.1 " +
    "llama3.2 llama3.3 llama4 grok2-community gemma deepfloyd-if-license fair-noncommercial-research-license h-research " +
    "intel-research apple-amlr apple-ascl openmdw-1.1";
  const open = "agpl-3.0 gpl-2.0 gpl-3.0 lgpl-2.1 lgpl-3.0 bsd cc gpl lgpl gfdl openrail unknown other";
  const table: readonly (readonly [string, string])[] = [
    ...same.split(" ").map((id) => [id.toLowerCase(), id] as const),
    ...Object.entries(renamed),
    ...own.split(" ").map((id) => [id, `LicenseRef-HF-${id}`] as const),
    ["openrail++", "LicenseRef-HF-openrail-plus-plus"],
    ...open.split(" ").map((id) => [id, "ambiguous"] as const),
  ];

  test("are all of them", () => {
    expect(table).toHaveLength(83);
  });
  test.each(table)("%s is %s", (id, expected) => {
    expect(read(id)).toBe(expected);
  });
});

describe("spellings", () => {
  test.each([
    ["Apache License v2.0", "Apache-2.0"],
    ["apache2.0", "Apache-2.0"],
    ["Apache_2.0", "Apache-2.0"],
    ["Apache Software License, Version 2", "Apache-2.0"],
    ["Apache License, Version 1.1", "Apache-1.1"],
    ["The MIT License", "MIT"],
    ["MIT-License", "MIT"],
    ["License :: OSI Approved :: MIT License", "MIT"],
    ["BSD 3 Clause License", "BSD-3-Clause"],
    ["3-Clause BSD License", "BSD-3-Clause"],
    ["Mozilla Public License 2.0 (MPL 2.0)", "MPL-2.0"],
    ["GPLv3+", "GPL-3.0-or-later"],
    ["GPL (>= 2)", "GPL-2.0-or-later"],
    ["GNU General Public License v3 or later", "GPL-3.0-or-later"],
    ["GNU General Public License v3 or later (GPLv3+)", "GPL-3.0-or-later"],
    ["GNU Affero General Public License version 3 only", "AGPL-3.0-only"],
    ["LGPL 2.1 or any later version", "LGPL-2.1-or-later"],
    ["CC BY 4.0", "CC-BY-4.0"],
    ["CC-BY-4", "CC-BY-4.0"],
    ["cc by nc sa 3.0", "CC-BY-NC-SA-3.0"],
    ["CC BY-SA 3.0 Unported", "CC-BY-SA-3.0"],
    ["CC BY 3.0 US", "CC-BY-3.0-US"],
    ["Creative Commons Attribution-NonCommercial 4.0 International License", "CC-BY-NC-4.0"],
    ["Creative Commons Attribution Non Commercial No Derivatives 4.0", "CC-BY-NC-ND-4.0"],
    ["Attribution-ShareAlike 4.0 International (CC BY-SA 4.0)", "CC-BY-SA-4.0"],
    ["CC0 1.0 Universal (CC0 1.0) Public Domain Dedication", "unknown-id"],
    ["CC Zero", "CC0-1.0"],
    ["Creative Commons Zero v1.0 Universal", "CC0-1.0"],
    ["Open Data Commons Attribution License v1.0", "ODC-By-1.0"],
    ["Open Database License", "ODbL-1.0"],
    ["Community Data License Agreement Permissive 2.0", "CDLA-Permissive-2.0"],
    ["CDLA Sharing 1.0", "CDLA-Sharing-1.0"],
    ["Llama 3.1 Community License Agreement", "LicenseRef-HF-llama3.1"],
    ["Meta Llama 3 Community License", "LicenseRef-HF-llama3"],
    ["Llama 2", "LicenseRef-HF-llama2"],
    ["Gemma Terms of Use", "LicenseRef-HF-gemma"],
    ["CreativeML Open RAIL-M", "LicenseRef-HF-creativeml-openrail-m"],
    ["OpenMDW 1.1", "LicenseRef-HF-openmdw-1.1"],
  ])("%s is %s", (text, expected) => {
    const parsed = read(text);
    if (expected === "unknown-id") expect(["unknown-id", "malformed"]).toContain(parsed);
    else expect(parsed).toBe(expected);
  });
});

describe("what several things can be is never one of them", () => {
  const words =
    "gpl|GPL license|GPLv2|GPL v3|gpl 3|GNU GPL|GNU General Public License version 3|LGPL|LGPLv2.1|AGPL|AGPL 3.0|" +
    "GNU Free Documentation License|GFDL 1.3|bsd|BSD License|new BSD|modified BSD|simplified BSD|BSD-style|cc|" +
    "Creative Commons|CC BY|CC-BY-SA|cc by nc|Creative Commons Attribution|openrail|OpenRAIL-M|RAIL|Apache|" +
    "Apache License|Apache Software License|License :: OSI Approved :: Apache Software License|" +
    "License :: OSI Approved :: BSD License|MPL|Mozilla Public License|EPL|EUPL|CDLA|Community Data License Agreement|" +
    "Artistic License|PSF|OSL|AFL|OFL|SIL Open Font License|Llama|Llama Community License|BSL|BSL 1.1|public domain|" +
    "other|custom|unknown|proprietary|unlicensed|GPL-2.0|GPL-3.0|AGPL-3.0|LGPL-2.1|GFDL-1.3|" +
    "https://creativecommons.org/licenses|https://www.gnu.org/licenses/gpl.html|https://www.gnu.org/licenses/gpl-3.0.html|" +
    "https://opensource.org/licenses/GPL-3.0|http://www.apache.org/licenses/";
  test.each(words.split("|"))("%s", (text) => {
    const parsed = parseLicense(text);
    expect(parsed.kind).toBe("problem");
    // A deprecated identifier is kept with what it leaves open; nothing else has an expression.
    if ("expression" in parsed && parsed.expression !== undefined)
      expect(Object.keys(versionAmbiguous)).toContain(parsed.expression);
  });

  const others =
    "modified MIT|MIT-style|MIT with exceptions|not MIT|MIT, Apache-2.0|mit and/or apache|MIT (Apache 2.0)|" +
    "MIT License (non-commercial)|Apache 2.0 non-commercial|Apache 3.0|Apache 2.0 with Commons Clause|Llama 5|Llama 3.4|" +
    "CC BY 5.0|CC BY-NC|CC BY 4.0 NC|CC FOO 4.0|CC BY 3.0 QQ|GPL 4+|GPLv3 or so|Attribution|MIТ|ΜIT|MIT​|" +
    "https://example.org/MIT|https://github.com/a/b/blob/main/LICENSE|ftp://opensource.org/licenses/MIT|" +
    "https://opensource.org.example.com/licenses/MIT|https://opensource.org/MIT|https://opensource.org/licenses/a/MIT|" +
    "https://creativecommons.org/licenses/by/9.9|https://creativecommons.org/licenses/by-xx/4.0|" +
    "https://creativecommons.org/licenses/by/4.0/a/b/c|https://spdx.org/licenses/__proto__|https://spdx.org/licenses/constructor";
  test.each(others.split("|"))("%s is nothing known", (text) => {
    expect(parseLicense(text)).toMatchObject({ kind: "problem" });
    expect(parseLicense(text)).not.toHaveProperty("expression");
  });

  test("no name is an alias and a family, and every alias reads", () => {
    for (const name of Object.keys(aliases)) {
      expect(Object.hasOwn(families, name), name).toBe(false);
      expect(read(name), name).toBe(read(aliases[name] ?? ""));
    }
  });

  test("the full name of every listed licence is read as that licence or not at all", () => {
    let right = 0;
    for (const [id, { name }] of Object.entries(spdx)) {
      const parsed = parseLicense(name);
      const expression = parsed.kind === "expression" ? parsed.expression : undefined;
      // The list gives deprecated identifiers the same names.
      if (expression === undefined || read(id) === "ambiguous") continue;
      right += 1;
      expect(expression, name).toBe(read(id));
    }
    // So that the sentence above can not be true of nothing.
    expect(right).toBeGreaterThan(90);
  });
});

describe("addresses", () => {
  test.each([
    ["https://creativecommons.org/licenses/by/4.0/", "CC-BY-4.0"],
    ["http://creativecommons.org/licenses/by/4.0", "CC-BY-4.0"],
    ["https://www.creativecommons.org/licenses/by-nc-sa/4.0/legalcode", "CC-BY-NC-SA-4.0"],
    ["https://creativecommons.org/licenses/by/4.0/deed.en", "CC-BY-4.0"],
    ["https://creativecommons.org/licenses/by/4.0/legalcode.de", "CC-BY-4.0"],
    ["https://creativecommons.org/licenses/by/3.0/us/legalcode", "CC-BY-3.0-US"],
    ["https://creativecommons.org/licenses/by-nd-nc/1.0/", "CC-BY-NC-ND-1.0"],
    ["https://creativecommons.org/publicdomain/zero/1.0/", "CC0-1.0"],
    ["https://creativecommons.org/publicdomain/mark/1.0/", "CC-PDM-1.0"],
    ["https://opensource.org/licenses/MIT", "MIT"],
    ["https://opensource.org/license/mit/", "MIT"],
    ["http://www.opensource.org/licenses/mit-license.php", "MIT"],
    ["https://opensource.org/license/apache-2-0", "Apache-2.0"],
    ["https://opensource.org/licenses/BSD-3-Clause", "BSD-3-Clause"],
    ["https://www.apache.org/licenses/LICENSE-2.0", "Apache-2.0"],
    ["http://www.apache.org/licenses/LICENSE-2.0.txt", "Apache-2.0"],
    ["https://www.apache.org/licenses/LICENSE-2.0.html#apply", "Apache-2.0"],
    ["https://choosealicense.com/licenses/mpl-2.0/", "MPL-2.0"],
    ["https://spdx.org/licenses/ODbL-1.0.html", "ODbL-1.0"],
    ["https://spdx.org/licenses/CC-BY-4.0", "CC-BY-4.0"],
    ["https://opendatacommons.org/licenses/odbl/1-0/", "ODbL-1.0"],
    ["https://cdla.dev/permissive-2-0/", "CDLA-Permissive-2.0"],
    ["https://www.llama.com/llama3_1/license/", "LicenseRef-HF-llama3.1"],
  ])("%s is %s", (url, expected) => {
    expect(read(url)).toBe(expected);
  });
});

test("reading names costs time in proportion to their length", () => {
  const started = performance.now();
  for (const text of [
    "gpl ".repeat(50),
    "(".repeat(4000),
    "cc by ".repeat(600),
    `a${" ".repeat(3000)}(`,
    "https://a/".repeat(400),
  ])
    for (let n = 0; n < 50; n++) {
      parseLicense(text);
      readSpelling(text);
      licenseOfUrl(text);
    }
  expect(performance.now() - started).toBeLessThan(2000);
});
