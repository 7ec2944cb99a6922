import type { Authorization } from "../io/http.ts";
import type { RemoteObject } from "../model/evidence.ts";
import type { ResolveContext } from "./resolver.ts";

/** Where a resolver's questions go. */
export interface HostBase {
  /** With a `/` at the end. */
  readonly url: string;
  /** True where the operator names it, and not we. */
  readonly operatorEndpoint: boolean;
  /** What marks an object whose address is this very place, for the operator may have put it anywhere. */
  readonly mark: (url: string) => Pick<RemoteObject, "operatorEndpoint">;
  /** True for addresses that this host's credential may go to. */
  readonly owns: (url: string) => boolean;
}

/**
 * The operator's place for this resolver, or the host's own. `family` are further origins of the same service, which
 * take the same credential.
 */
export function hostBase(
  context: Pick<ResolveContext, "endpoint">,
  id: string,
  usual: string,
  family: readonly string[] = [],
): HostBase {
  const endpoint = context.endpoint(id);
  const url = endpoint ?? usual;
  const { origin } = new URL(url);
  const origins = endpoint === undefined ? [origin, ...family] : [origin];
  const originOf = (address: string): string | undefined =>
    URL.canParse(address) ? new URL(address).origin : undefined;
  return {
    url,
    operatorEndpoint: endpoint !== undefined,
    mark: (address) => (endpoint !== undefined && originOf(address) === origin ? { operatorEndpoint: true } : {}),
    owns: (address) => origins.some((own) => own === originOf(address)),
  };
}

/** The credential as it goes with a question, or nothing where this user has none. */
export function bearing(name: string, value: string | undefined): Authorization | undefined {
  return value === undefined ? undefined : { scheme: "headers", headers: { [name]: value } };
}
