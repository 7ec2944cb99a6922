import type { Run } from "./process.ts";
import { azureSettings } from "./settings-azure.ts";
import { gitSettings } from "./settings-git.ts";
import { githubSettings } from "./settings-github.ts";
import { gsSettings } from "./settings-gs.ts";
import { huggingfaceSettings } from "./settings-huggingface.ts";
import { kaggleSettings } from "./settings-kaggle.ts";
import { modelscopeSettings } from "./settings-modelscope.ts";
import { npmSettings } from "./settings-npm.ts";
import { ociSettings } from "./settings-oci.ts";
import { pypiSettings } from "./settings-pypi.ts";
import { dataverseSettings, figshareSettings, osfSettings, zenodoSettings } from "./settings-research.ts";
import { s3Settings } from "./settings-s3.ts";
import { swhSettings } from "./settings-swh.ts";

export interface SettingsOptions {
  /** Where the user stands. Absolute. */
  readonly cwd: string;
  readonly env: { readonly [name: string]: string | undefined };
  readonly run: Run;
}

/** Answers questions of configuration by name; each is answered once. */
export type Settings = (name: string) => Promise<string | undefined>;

/** Whose settings there are, by the first word of a question: one file `settings-<word>.ts` each. */
const families: { readonly [family: string]: (options: SettingsOptions) => Settings } = {
  azure: azureSettings,
  dataverse: dataverseSettings,
  figshare: figshareSettings,
  git: gitSettings,
  github: githubSettings,
  gs: gsSettings,
  huggingface: huggingfaceSettings,
  kaggle: kaggleSettings,
  modelscope: modelscopeSettings,
  npm: npmSettings,
  oci: ociSettings,
  osf: osfSettings,
  pypi: pypiSettings,
  s3: s3Settings,
  swh: swhSettings,
  zenodo: zenodoSettings,
};

/** Settings of this user: each question is answered once, each family's files are read when it is first asked. */
export function createSettings(options: SettingsOptions): Settings {
  const answers = new Map<string, Promise<string | undefined>>();
  const open = new Map<string, Settings>();
  const answer = async (name: string): Promise<string | undefined> => {
    const family = name.slice(0, name.indexOf("."));
    if (!Object.hasOwn(families, family)) return undefined;
    const settings = open.get(family) ?? families[family]?.(options);
    if (settings === undefined) return undefined;
    open.set(family, settings);
    return settings(name);
  };
  return (name) => {
    const known = answers.get(name);
    if (known !== undefined) return known;
    const promise = answer(name);
    answers.set(name, promise);
    return promise;
  };
}
