import type { Settings, SettingsOptions } from "./settings.ts";

/** `azure.sas:<account>`, the shared access signature that the environment keeps for that one account, without a `?`. */
export function azureSettings({ env }: SettingsOptions): Settings {
  return async (name) => {
    const account = /^azure\.sas:(.+)$/s.exec(name)?.[1];
    if (account === undefined || account !== env.AZURE_STORAGE_ACCOUNT) return undefined;
    const sas = (env.AZURE_STORAGE_SAS_TOKEN ?? "").replace(/^\?/, "");
    // What a URL can carry as it is.
    return /^[!-~]+$/.test(sas) && !/[#?"<>\\^`{|}]/.test(sas) ? sas : undefined;
  };
}
