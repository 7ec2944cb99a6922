import type { Settings, SettingsOptions } from "./settings.ts";

/** `swh.token`: the bearer token of this user at Software Heritage, from SWH_TOKEN. It raises the limits on requests. */
export function swhSettings({ env }: SettingsOptions): Settings {
  return async (name) => {
    const token = env.SWH_TOKEN?.trim();
    // What a header can not carry is no token.
    return name === "swh.token" && token !== undefined && /^[\x21-\x7e]+$/.test(token) ? token : undefined;
  };
}
