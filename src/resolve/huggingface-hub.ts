import type { Answer } from "../io/http.ts";
import type { Refusal } from "../model/evidence.ts";
import { refuse } from "../model/refusal.ts";
import { type HubType, isCommit } from "./huggingface-location.ts";
import { refusalOfAnswer } from "./huggingface-refusal.ts";
import { jsonOf } from "./json-bytes.ts";
import type { ResolveContext } from "./resolver.ts";

/** Where the hub is, unless the operator says otherwise. */
const publicHub = "https://huggingface.co/";
/** A page of 1,000 entries has some 300 kB; cards hold texts of their owners. Bytes. */
const replyMaxBytes = 64 * 1024 * 1024;

/** A repository at a revision, as far as it is known. */
export interface HubRepository {
  readonly type: HubType;
  readonly id: string;
  readonly revision: string | undefined;
  readonly path: string;
}

/** An answer that is JSON; nobody has read what it means. */
export interface HubAnswer {
  readonly status: "ok";
  readonly body: unknown;
  readonly answer: Answer;
}

/** The hub as it answers this user. */
export interface Hub {
  /** With a `/` at the end. */
  readonly base: string;
  readonly operatorEndpoint: boolean;
  /** Goes to addresses below `base`, and nowhere else. */
  readonly token: string | undefined;
  /** Asks one question about a repository: `api/<type>/<id>` and then `rest`. */
  ask(of: HubRepository, rest: string, body?: unknown): Promise<HubAnswer | Refusal>;
}

/** Opens the hub: where the location says, where the operator sends us, or the public one. */
export async function openHub(named: string | undefined, context: ResolveContext): Promise<Hub> {
  const operators = context.endpoint("huggingface") ?? (await context.setting("huggingface.endpoint"));
  const usual = operators ?? publicHub;
  const base = named ?? usual;
  // A hub that only the location names is a stranger: it gets no token and may not be at just any address.
  const isOurs = base === usual;
  const operatorEndpoint = isOurs && operators !== undefined;
  const token = isOurs ? await context.setting("huggingface.token") : undefined;
  return {
    base,
    operatorEndpoint,
    token,
    async ask(of, rest, body) {
      const question = { repository: repositoryName(of), revision: of.revision, path: of.path, token };
      const answer = await context.http.answer(
        {
          url: `${base}api/${of.type}/${of.id}${rest}`,
          headers: {
            accept: "application/json",
            ...(body === undefined ? {} : { "content-type": "application/json" }),
          },
          ...(body === undefined ? {} : { method: "POST", body: JSON.stringify(body) }),
          ...(token === undefined ? {} : { authorization: bearer(token) }),
          signal: context.signal,
          operatorEndpoint,
        },
        { maxBytes: replyMaxBytes },
      );
      if (answer.status === "refused") return answer;
      const refusal = refusalOfAnswer(answer, question);
      if (refusal !== undefined) return refusal;
      const read = jsonOf(answer.bytes);
      if (read !== undefined) return { status: "ok", body: read, answer };
      return refuse("reply-invalid", "the hub's answer is not JSON", { url: answer.exchange.finalUrl });
    },
  };
}

/** How the token goes along. */
export function bearer(token: string): { readonly scheme: "headers"; readonly headers: { authorization: string } } {
  return { scheme: "headers", headers: { authorization: `Bearer ${token}` } };
}

/** Where a file's bytes are. At a commit: a branch could move between the listing and the download. */
export function downloadUrl({ base }: Hub, of: HubRepository, commit: string, path: string): string {
  if (!isCommit(commit)) throw new Error("a download is at a commit");
  const prefix = of.type === "models" ? "" : `${of.type}/`;
  return `${base}${prefix}${of.id}/resolve/${commit}/${encodedPath(path)}`;
}

/** Names are data: nothing in a path may end it. */
export function encodedPath(path: string): string {
  return path.split("/").map(encodeURIComponent).join("/");
}

/** The repository in words. */
export function repositoryName({ type, id }: Pick<HubRepository, "type" | "id">): string {
  return `${type.slice(0, -1)} \`${id}\``;
}
