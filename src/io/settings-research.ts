import type { Settings, SettingsOptions } from "./settings.ts";

/** `zenodo.token`, from ZENODO_TOKEN or ZENODO_ACCESS_TOKEN. */
export const zenodoSettings = tokenFrom("zenodo.token", "ZENODO_TOKEN", "ZENODO_ACCESS_TOKEN");

/** `figshare.token`, from FIGSHARE_TOKEN. */
export const figshareSettings = tokenFrom("figshare.token", "FIGSHARE_TOKEN");

/** `osf.token`, from OSF_TOKEN, where OSF's own command line keeps it. */
export const osfSettings = tokenFrom("osf.token", "OSF_TOKEN");

/**
 * `dataverse.token:<origin>`: the key in DATAVERSE_KEY or DATAVERSE_API_TOKEN, for the installation that
 * DATAVERSE_SERVER names and for no other, because every installation has accounts of its own.
 */
export function dataverseSettings({ env }: SettingsOptions): Settings {
  const server = env.DATAVERSE_SERVER?.trim() ?? "";
  // The variable is often a bare host name.
  const address = /^https?:\/\//i.test(server) ? server : `https://${server}`;
  const origin = server !== "" && URL.canParse(address) ? new URL(address).origin : undefined;
  return async (name) =>
    origin !== undefined && name === `dataverse.token:${origin}`
      ? firstToken(env, ["DATAVERSE_KEY", "DATAVERSE_API_TOKEN"])
      : undefined;
}

function tokenFrom(question: string, ...variables: readonly string[]): (options: SettingsOptions) => Settings {
  return ({ env }) =>
    async (name) =>
      name === question ? firstToken(env, variables) : undefined;
}

function firstToken(env: SettingsOptions["env"], variables: readonly string[]): string | undefined {
  for (const variable of variables) {
    const token = env[variable]?.trim();
    // What a header can not carry is no token.
    if (token !== undefined && /^[\x21-\x7e]+$/.test(token)) return token;
  }
  return undefined;
}
