import { z } from "zod";
import type { Refusal } from "../model/evidence.ts";
import { refuse } from "../model/refusal.ts";
import type { ResolveContext } from "./resolver.ts";
import { openSwhApi } from "./swh-api.ts";

const Content = z.lazy(() =>
  z.object({ checksums: z.object({ sha256: z.string(), sha1_git: z.string().regex(/^[0-9a-f]{40}$/) }) }),
);

/** The identifier of the file with this sha256 at Software Heritage, or why there is none: only `absent` says that it is not there. */
export async function contentWithSha256(
  sha256: string,
  context: ResolveContext,
): Promise<{ readonly status: "ok"; readonly swhid: string } | Refusal> {
  const api = openSwhApi(context);
  const reply = await api.get(`content/sha256:${sha256}/`, Content, `the file with the sha256 \`${sha256}\``);
  if (reply.status === "refused") return reply;
  const { checksums } = reply.body;
  if (checksums.sha256 === sha256) return { status: "ok", swhid: `swh:1:cnt:${checksums.sha1_git}` };
  const message = `Software Heritage was asked for the sha256 \`${sha256}\` and answered for another file`;
  return refuse("reply-invalid", message, { url: reply.exchange.url });
}

/** Where Software Heritage is asked, for those who want to say so. */
export const swhAddress = (context: ResolveContext): string => openSwhApi(context).base;
