import type { Settings, SettingsOptions } from "./settings.ts";

/**
 * `github.token`, from GH_TOKEN or GITHUB_TOKEN, for the public instance; `github.enterpriseToken`, from
 * GH_ENTERPRISE_TOKEN or GITHUB_ENTERPRISE_TOKEN, for one that the operator names. The first is what GitHub's own tool
 * takes, too.
 */
export function githubSettings({ env }: SettingsOptions): Settings {
  return async (name) => {
    if (name === "github.token") return tokenOf(env.GH_TOKEN) ?? tokenOf(env.GITHUB_TOKEN);
    if (name !== "github.enterpriseToken") return undefined;
    return tokenOf(env.GH_ENTERPRISE_TOKEN) ?? tokenOf(env.GITHUB_ENTERPRISE_TOKEN);
  };
}

/** What a header can carry. */
function tokenOf(text: string | undefined): string | undefined {
  const token = text?.trim() ?? "";
  return /^[\x21-\x7e]+$/.test(token) ? token : undefined;
}
