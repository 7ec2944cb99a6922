import { WholesourceError } from "../model/error.ts";
import type { Settings, SettingsOptions } from "./settings.ts";

/**
 * `gs.token`, an access token that the user made (`gcloud auth print-access-token`), and `gs.emulator`, where the
 * client libraries would ask instead of at the public service, with a `/` at the end.
 */
export function gsSettings({ env }: SettingsOptions): Settings {
  return async (name) => {
    switch (name) {
      case "gs.token": {
        const token = env.GOOGLE_OAUTH_ACCESS_TOKEN ?? env.CLOUDSDK_AUTH_ACCESS_TOKEN ?? "";
        return /^[\x21-\x7e]+$/.test(token) ? token : undefined;
      }
      case "gs.emulator":
        return emulator(env.STORAGE_EMULATOR_HOST ?? "");
      default:
        return undefined;
    }
  };
}

/** The libraries take `host:port` as well, and mean plain http by it. */
function emulator(value: string): string | undefined {
  if (value === "") return undefined;
  const written = /^[a-z]+:\/\//i.test(value) ? value : `http://${value}`;
  const url = URL.canParse(written) ? new URL(written) : undefined;
  if (url === undefined || !/^https?:$/.test(url.protocol) || url.username !== "" || url.password !== "") {
    throw new WholesourceError("usage", "STORAGE_EMULATOR_HOST is no plain http or https address", {
      hint: "set it to the emulator's URL, or unset it",
    });
  }
  return `${url.origin}/`;
}
