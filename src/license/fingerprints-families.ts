/** The families that many models share: several versions each, whose dates tell them apart. */
import type { Fingerprint } from "./fingerprint-type.ts";

const llama = (version: string, date: string, titles: readonly string[]): Fingerprint => ({
  id: `LicenseRef-HF-llama${version}`,
  titles,
  marks: [date, "monthly active users", "llama materials", "acceptable use policy"],
});

const rail = (
  id: string,
  titles: readonly string[],
  more: Partial<Fingerprint> & Pick<Fingerprint, "marks">,
): Fingerprint => ({
  id,
  titles,
  ...more,
  marks: ["use based restrictions|use restrictions", "attachment a", "derivatives of the model", ...more.marks],
});

/** Older and newer ones side by side: a text with a changed version number or date is none of them. */
export const familyFingerprints: readonly Fingerprint[] = [
  llama("2", "release date july 18 2023", ["llama 2 community license agreement", "llama 2 community license"]),
  llama("3", "release date april 18 2024", ["llama 3 community license agreement", "llama 3 community license"]),
  llama("3.1", "release date july 23 2024", ["llama 3.1 community license agreement", "llama 3.1 community license"]),
  llama("3.2", "release date september 25 2024", [
    "llama 3.2 community license agreement",
    "llama 3.2 community license",
  ]),
  llama("3.3", "release date december 6 2024", [
    "llama 3.3 community license agreement",
    "llama 3.3 community license",
  ]),
  llama("4", "effective date april 5 2025|release date april 5 2025", [
    "llama 4 community license agreement",
    "llama 4 community license",
  ]),
  {
    id: "LicenseRef-LLaMA-1",
    titles: ["llama license agreement"],
    marks: ["noncommercial research", "meta platforms"],
  },
  {
    id: "LicenseRef-HF-gemma",
    titles: ["gemma terms of use"],
    marks: [
      "gemma prohibited use policy|prohibited use policy",
      "model derivatives",
      "gemma services|hosted service",
      "google",
    ],
  },
  {
    id: "LicenseRef-Google-HAI-DEF",
    titles: ["health ai developer foundations terms of use"],
    marks: ["hai def model|hai def", "prohibited use policy"],
  },
  rail("LicenseRef-HF-bigscience-bloom-rail-1.0", ["bigscience rail license v1.0", "bigscience bloom rail 1.0"], {
    marks: ["bigscience", "v1.0"],
  }),
  rail("LicenseRef-HF-bigscience-openrail-m", ["bigscience open rail m license", "bigscience openrail m"], {
    marks: ["dated august 18 2022|bigscience open rail m"],
  }),
  rail("LicenseRef-HF-creativeml-openrail-m", ["creativeml open rail m", "creativeml openrail m"], {
    marks: ["dated august 22 2022"],
    notWritten: /rail\s{0,2}\+\+/i,
  }),
  rail("LicenseRef-HF-openrail-plus-plus", ["creativeml open rail m", "creativeml openrail m"], {
    marks: ["dated november 24 2022|dated july 26 2023"],
    written: /rail\s{0,2}\+\+/i,
  }),
  {
    id: "LicenseRef-HF-bigcode-openrail-m",
    titles: ["bigcode open rail m v1", "bigcode openrail m v1", "bigcode open rail m", "bigcode openrail m"],
    marks: ["use restrictions", "attachment a", "bigcode"],
  },
  {
    id: "LicenseRef-HF-openmdw-1.1",
    titles: ["openmdw license agreement version 1.1", "openmdw 1.1"],
    marks: ["openmdw 1.1", "model materials"],
  },
];
