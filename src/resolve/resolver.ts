import type { Admit } from "../io/admit.ts";
import type { Authorization, Http } from "../io/http.ts";
import type { Run, Start } from "../io/process.ts";
import type { Share } from "../io/share.ts";
import type { Depth, Found, Refusal, RemoteObject } from "../model/evidence.ts";
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
  /**
   * Where the operator sends this resolver's questions instead (a mirror, an instance of their own): a URL with a `/`
   * at the end. What is asked there goes with `operatorEndpoint`.
   */
  readonly endpoint: (id: string) => string | undefined;
  /** How thoroughly the run looks: where a host gives either a listing or all bytes, this decides. */
  readonly depth: Depth;
  /** A new empty folder of this run, absolute; gone when the run is over. */
  readonly scratch: () => Promise<string>;
  /** Runs a program with fixed arguments, limits and a clean environment. */
  readonly run: Run;
  /** The same for a program that is talked with, or whose output is taken as it comes. */
  readonly start: Start;
  /** Where a program that connects by itself may connect to; our own connections keep to it without being told. */
  readonly admit: Admit;
  /** Makes once in a run what several locations need alike: the one repository that five pieces lie in. */
  readonly share: Share;
}

/** What a resolver found, with the way to have its objects. */
export interface Resolved extends Found {
  /**
   * The credential that goes with the question for this object, asked again for each group of objects. It is sent to
   * the object's origin and to nobody else.
   */
  readonly authorize?: (object: Pick<RemoteObject, "url">) => Promise<Authorization | undefined>;
}

export type Resolution = Resolved | Refusal;

/** Knows one kind of host: how its locations are written, and how to ask it what is there. */
export interface Resolver<Ref extends Json = Json> {
  /** Written into every report; never renamed or reused. */
  readonly id: string;
  /**
   * Reads the location's syntax, of texts that fit the resolver's row in `kinds.ts`. No I/O. undefined means "not mine";
   * a ref may still turn out absent.
   */
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

export type { Found, Refusal };
