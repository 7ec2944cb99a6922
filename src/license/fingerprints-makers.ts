/** Licences that one maker wrote for its own models. */
import type { Fingerprint } from "./fingerprint-type.ts";

/** One row per licence. */
export const makerFingerprints: readonly Fingerprint[] = [
  {
    id: "LicenseRef-Falcon-180B-TII",
    titles: ["falcon 180b tii license version 1.0", "falcon 180b tii license"],
    marks: ["hosting use|hosting user", "acceptable use policy", "falcon 180b"],
  },
  {
    id: "LicenseRef-Falcon-LLM-TII",
    titles: ["tii falcon llm license version 1.0", "tii falcon llm license"],
    marks: ["version 1.0", "falcon llm", "commercial use"],
  },
  {
    id: "LicenseRef-Falcon-TII-2.0",
    titles: [
      "tii falcon license 2.0",
      "falcon 2 11b tii license version 1.0",
      "tii falcon llm license 2.0",
      "falcon llm license 2.0",
    ],
    marks: ["acceptable use policy", "falcon"],
  },
  {
    id: "LicenseRef-DeepSeek",
    titles: ["deepseek license agreement", "deepseek model license", "deepseek license"],
    marks: ["version 1.0 23 october 2023", "attachment a", "use restrictions|use based restrictions"],
  },
  {
    id: "LicenseRef-Tongyi-Qianwen",
    titles: ["tongyi qianwen license agreement"],
    marks: ["release date august 3 2023|tongyi qianwen release date", "100 million monthly active users"],
  },
  {
    id: "LicenseRef-Tongyi-Qianwen-research",
    titles: ["tongyi qianwen research license agreement"],
    marks: ["tongyi qianwen", "noncommercial"],
  },
  {
    id: "LicenseRef-Qwen",
    titles: ["qwen license agreement", "qwen license"],
    marks: ["release date september 19 2024", "100 million monthly active users"],
  },
  {
    id: "LicenseRef-Qwen-research",
    titles: ["qwen research license agreement", "qwen research license"],
    marks: ["release date september 19 2024", "noncommercial"],
  },
  {
    id: "LicenseRef-Mistral-Research",
    titles: ["mistral ai research license", "mistral research license"],
    marks: ["research purposes", "mistral model", "distribut"],
  },
  {
    id: "LicenseRef-Mistral-Non-Production",
    titles: ["mistral ai nonproduction license", "mistral nonproduction license"],
    marks: ["nonproduction", "mistral model"],
  },
  {
    id: "LicenseRef-NVIDIA-Open-Model",
    titles: ["nvidia open model license agreement", "nvidia open model license"],
    marks: ["nvidia cosmos|nvidia corporation|guardrail", "derivative models"],
  },
  {
    id: "LicenseRef-NVIDIA-AI-Foundation-Models",
    titles: [
      "nvidia ai foundation models community license agreement",
      "nvidia ai foundation models community license",
    ],
    marks: ["nvidia corporation|nvidia", "derivative"],
  },
  {
    id: "LicenseRef-NSCL",
    titles: ["nvidia source code license"],
    marks: ["noncommercially|noncommercial", "nvidia"],
  },
  ...["low", "medium", "high"].map((risk) => ({
    id: "LicenseRef-AI2-ImpACT",
    titles: [`ai2 impact license ${risk} risk artifacts`, `ai2 impact license ${risk} risk`],
    marks: ["derivative impact report|impact report", "use based restrictions", `${risk} risk`],
  })),
  {
    id: "LicenseRef-Jamba-Open-Model",
    titles: ["jamba open model license agreement", "jamba open model license"],
    marks: ["ai21", "annual revenue|revenue"],
  },
  {
    id: "LicenseRef-Kimi-modified-MIT",
    titles: ["modified mit license"],
    marks: ["100 million monthly active users", "20 million us dollars", "kimi k2"],
    base: "MIT",
  },
  {
    id: "LicenseRef-MiniMax-Model",
    titles: ["minimax model license agreement", "minimax model license"],
    marks: ["minimax", "prohibited uses|use restrictions|100 million monthly active users"],
  },
  {
    id: "LicenseRef-Tencent-Hunyuan",
    titles: ["tencent hunyuan community license agreement", "tencent hunyuan community license"],
    marks: ["100 million monthly active users", "european union", "acceptable use policy"],
  },
  {
    id: "LicenseRef-HF-grok2-community",
    titles: ["grok 2 community license agreement", "grok 2 community license", "xai community license agreement"],
    marks: ["grok 2", "acceptable use policy", "xai"],
  },
  {
    id: "LicenseRef-HF-deepfloyd-if-license",
    titles: ["deepfloyd if license agreement", "deepfloyd if license"],
    marks: ["noncommercial|research purposes", "deepfloyd"],
  },
  {
    id: "LicenseRef-HF-fair-noncommercial-research-license",
    titles: ["fair noncommercial research license", "fair noncommercial research license v1"],
    marks: [
      "noncommercial research uses|noncommercial research",
      "research materials",
      "acceptable use policy|prohibited uses",
    ],
  },
  {
    id: "LicenseRef-HF-apple-amlr",
    titles: ["apple machine learning research model license agreement", "apple machine learning research model"],
    marks: ["research purposes", "apple", "model derivatives"],
  },
  {
    id: "LicenseRef-HF-apple-ascl",
    titles: ["apple sample code license"],
    marks: ["apple software", "royalty free"],
  },
  {
    id: "LicenseRef-HF-intel-research",
    titles: ["intel research use license agreement"],
    marks: ["research use", "intel"],
  },
  {
    id: "LicenseRef-Stability-AI-Community",
    titles: ["stability ai community license agreement", "stability ai community license"],
    marks: ["last updated july 5 2024", "1 000 000|1 million|usd 1 000 000", "core models"],
  },
  {
    id: "LicenseRef-Stability-AI-NC-Research-Community",
    titles: [
      "stability ai noncommercial research community license agreement",
      "stability ai noncommercial research community license",
    ],
    marks: ["noncommercial", "stability ai ltd|stability ai"],
  },
  {
    id: "LicenseRef-FLUX-1-dev-NC",
    titles: ["flux 1 dev noncommercial license"],
    marks: ["black forest labs", "noncommercial"],
  },
  {
    id: "LicenseRef-Databricks-Open-Model",
    titles: ["databricks open model license"],
    marks: ["700 million monthly active users", "dbrx"],
  },
  {
    id: "LicenseRef-Yi-Community",
    titles: ["yi series models community license agreement", "yi series models license agreement"],
    marks: ["yi series models", "01 ai|lingyi"],
  },
  {
    id: "LicenseRef-Baichuan2-Community",
    titles: [
      "community license for baichuan2 model",
      "community license for baichuan 2 model",
      "baichuan 2 model community license",
    ],
    marks: ["baichuan"],
  },
  {
    id: "LicenseRef-ChatGLM",
    titles: [
      "the chatglm 6b license",
      "the chatglm2 6b license",
      "the chatglm3 6b license",
      "the glm 4 license",
      "the glm 130b license",
    ],
    marks: ["licensor", "national security|undermine"],
  },
  {
    id: "LicenseRef-EXAONE-NC",
    titles: ["exaone ai model license agreement"],
    marks: ["exaone", "lg management development institute", "noncommercial|research purposes"],
  },
  {
    id: "LicenseRef-LFM-1.0",
    titles: ["lfm open license v1.0"],
    marks: ["liquid ai", "10 million|10 000 000"],
  },
  {
    id: "LicenseRef-OPT-175B",
    titles: ["opt 175b license agreement", "opt license agreement"],
    marks: ["noncommercial research", "meta platforms"],
  },
  {
    id: "LicenseRef-Commons-Clause-1.0",
    titles: ["commons clause license condition v1.0", "commons clause license condition"],
    marks: ["the right to sell the software", "hosting or consulting|substantially from the functionality"],
  },
  {
    id: "LicenseRef-Anti-996-1.0",
    titles: ["anti 996 license version 1.0", "anti 996 license"],
    marks: ["labor and employment|labor", "jurisdiction"],
  },
];
