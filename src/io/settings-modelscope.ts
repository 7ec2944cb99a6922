import type { Settings, SettingsOptions } from "./settings.ts";

/** `modelscope.token` from MODELSCOPE_API_TOKEN: what its own tools write to disk is a pickle, which is not read. */
export function modelscopeSettings({ env }: SettingsOptions): Settings {
  return async (name) => {
    if (name !== "modelscope.token") return undefined;
    const token = env.MODELSCOPE_API_TOKEN?.trim() ?? "";
    return /^[\x21-\x7e]+$/.test(token) ? token : undefined;
  };
}
