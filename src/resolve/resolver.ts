import type { Http } from "../io/http.ts";
import type { Found, Refusal, Resolution } from "../model/evidence.ts";
import type { Json } from "../model/json.ts";
import type { Location } from "../model/manifest.ts";

/** What a resolver may use. Everything it needs is given to it. */
export interface ResolveContext {
  readonly http: Http;
  readonly signal: AbortSignal;
  /** The folder that relative paths start from, absolute; undefined when the manifest has no folder (stdin, a URL). */
  readonly baseFolder?: string | undefined;
  /** True when the user said that local paths may leave `baseFolder`. */
  readonly allowOutside: boolean;
  /** Answers a question of configuration (a registry's address), or undefined. Read once by `run/`. */
  readonly setting: (name: string) => Promise<string | undefined>;
}

/** Knows one kind of host: how its locations are written, and how to ask it what is there. */
export interface Resolver<Ref extends Json = Json> {
  /** Written into every report; never renamed or reused. */
  readonly id: string;
  /** How its locations look, for the message that lists what is supported. */
  readonly syntax: string;
  /** Reads the location's syntax. No I/O. undefined means "not mine"; a ref may still turn out absent. */
  parse(location: Location): Ref | undefined;
  /** True when the location as written can not change its meaning. No I/O. */
  isPinned(ref: Ref): boolean;
  /** Asks the host and passes on its answer. Downloads no payload, compares nothing, throws only on a bug. */
  resolve(ref: Ref, context: ResolveContext): Promise<Resolution>;
}

/** Names the type of `ref` once, between parse and resolve. */
export function defineResolver<Ref extends Json>(resolver: Resolver<Ref>): Resolver {
  // A ref only ever goes back to the resolver that made it.
  return resolver as unknown as Resolver;
}

export type { Found, Refusal, Resolution };
