import type { Run } from "./process.ts";

export interface SettingsOptions {
  /** Where the user stands. Absolute. */
  readonly cwd: string;
  readonly env: { readonly [name: string]: string | undefined };
  readonly run: Run;
}

/** Answers questions of configuration by name; each is answered once. */
export type Settings = (name: string) => Promise<string | undefined>;

type Open = (options: SettingsOptions) => Settings;

/** Whose settings there are, by the first word of a question: one file `settings-<word>.ts` each, loaded when it is asked. */
const families: { readonly [family: string]: () => Promise<Open> } = {
  azure: async () => (await import("./settings-azure.ts")).azureSettings,
  dataverse: async () => (await import("./settings-research.ts")).dataverseSettings,
  figshare: async () => (await import("./settings-research.ts")).figshareSettings,
  git: async () => (await import("./settings-git.ts")).gitSettings,
  github: async () => (await import("./settings-github.ts")).githubSettings,
  gs: async () => (await import("./settings-gs.ts")).gsSettings,
  huggingface: async () => (await import("./settings-huggingface.ts")).huggingfaceSettings,
  kaggle: async () => (await import("./settings-kaggle.ts")).kaggleSettings,
  modelscope: async () => (await import("./settings-modelscope.ts")).modelscopeSettings,
  npm: async () => (await import("./settings-npm.ts")).npmSettings,
  oci: async () => (await import("./settings-oci.ts")).ociSettings,
  osf: async () => (await import("./settings-research.ts")).osfSettings,
  pypi: async () => (await import("./settings-pypi.ts")).pypiSettings,
  s3: async () => (await import("./settings-s3.ts")).s3Settings,
  swh: async () => (await import("./settings-swh.ts")).swhSettings,
  zenodo: async () => (await import("./settings-research.ts")).zenodoSettings,
};

/** Settings of this user: each question is answered once, each family's files are read when it is first asked. */
export function createSettings(options: SettingsOptions): Settings {
  const answers = new Map<string, Promise<string | undefined>>();
  const open = new Map<string, Promise<Settings>>();
  const answer = async (name: string): Promise<string | undefined> => {
    const family = name.slice(0, name.indexOf("."));
    const load = Object.hasOwn(families, family) ? families[family] : undefined;
    if (load === undefined) return undefined;
    const settings = open.get(family) ?? load().then((opened) => opened(options));
    open.set(family, settings);
    return (await settings)(name);
  };
  return (name) => {
    const known = answers.get(name);
    if (known !== undefined) return known;
    const promise = answer(name);
    answers.set(name, promise);
    return promise;
  };
}
