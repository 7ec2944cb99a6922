import { readUserConfig } from "../io/config.ts";
import { WholesourceError } from "../model/error.ts";
import { nearest } from "../model/nearest.ts";
import { resolverKinds } from "../resolve/kinds.ts";
import type { VerifyOptions } from "./options.ts";

/** URLs with a `/` at the end, by resolver id. */
export type Endpoints = { readonly [resolver: string]: string };

/**
 * Where resolvers ask instead of at their usual hosts. The caller's word is stronger than that of
 * `WHOLESOURCE_ENDPOINTS` (`id=url`, several with blanks between them), and that than the user's configuration file.
 * Throws `usage` for an unknown resolver and for what is no plain http or https URL.
 */
export function endpointsOf({
  endpoints = {},
  environment,
}: Pick<VerifyOptions, "endpoints" | "environment">): Endpoints {
  const words = (environment?.WHOLESOURCE_ENDPOINTS ?? "").split(/\s+/).filter((word) => word !== "");
  const merged = {
    // Without an environment there is no user whose file could be meant.
    ...(environment === undefined ? {} : readUserConfig(environment).endpoints),
    ...Object.fromEntries(words.map(parseEndpoint)),
    ...endpoints,
  };
  return Object.fromEntries(Object.entries(merged).map(([id, url]) => [known(id), address(id, url)]));
}

/** Reads `id=url`, as it is given on the command line. Throws `usage` where there is no `=`. */
export function parseEndpoint(text: string): readonly [id: string, url: string] {
  const at = text.indexOf("=");
  if (at > 0) return [text.slice(0, at), text.slice(at + 1)];
  throw new WholesourceError("usage", `\`${text}\` names no endpoint`, { hint: "write RESOLVER=URL" });
}

function known(id: string): string {
  const ids = resolverKinds.filter(({ takesEndpoint }) => takesEndpoint !== false).map((kind) => kind.id);
  if (ids.includes(id)) return id;
  const meant = nearest(id, ids);
  throw new WholesourceError("usage", `there is no resolver \`${id}\` that could have an endpoint`, {
    hint: meant === undefined ? `known are ${ids.join(", ")}` : `did you mean \`${meant}\`?`,
  });
}

function address(id: string, text: string): string {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  const plain = url !== undefined && /^https?:$/.test(url.protocol) && url.username === "" && url.password === "";
  if (!plain || url.search !== "" || url.hash !== "") {
    // The value is not repeated: it may hold a password.
    throw new WholesourceError("usage", `the endpoint of \`${id}\` is no plain http or https URL`, {
      hint: "give a URL without user name, password, query and fragment",
    });
  }
  return url.href.endsWith("/") ? url.href : `${url.href}/`;
}
