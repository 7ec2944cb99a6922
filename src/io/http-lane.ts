/** Lanes: one connection each, lent to one request at a time, at most `perHost` of them to a host. */
import type { Socket } from "node:net";
import { rootCertificates } from "node:tls";
import type { Client } from "undici";
import { AddressBlocked, guardedLookup, isGlobalUnicast, literalAddress } from "./guard.ts";
import type { HttpOptions, Timeouts } from "./http.ts";
import { connectFault, type Fault, fault } from "./http-fault.ts";
import { WireSocket } from "./http-socket.ts";
import { KEEP_ALIVE_MAX_MS, KEEP_ALIVE_MS, MAX_HEADER_BYTES } from "./limits.ts";

/** One connection and the client that speaks over it. */
export interface Lane {
  readonly client: Client;
  readonly socket: WireSocket;
}

/** A lane on loan. */
export interface Lease extends Lane {
  readonly status: "leased";
  /** True when an earlier request has used the connection: the host may be closing it at this moment (A36). */
  readonly reused: boolean;
  /** Ends the loan. A lane whose answer did not end as it should is not used again (A10, A37). */
  giveBack(sound: boolean): void;
}

export interface Lanes {
  /**
   * Waits for a place at the host, and connects when no idle lane is there or `fresh` is asked for. `anyAddress`: the
   * operator named this origin, so its address is not guarded; such a lane is lent to nobody else.
   */
  lease(
    url: URL,
    signal: AbortSignal | undefined,
    how: { readonly fresh: boolean; readonly anyAddress: boolean },
  ): Promise<Lease | Fault>;
  close(): Promise<void>;
}

interface Host {
  busy: number;
  readonly waiting: (() => void)[];
}

/** The lanes of one Http. Nothing is connected, and undici is not even loaded, before the first lease. */
export function createLanes(options: HttpOptions, timeouts: Timeouts): Lanes {
  const hosts = new Map<string, Host>();
  const idle = new Map<string, Lane[]>();
  const open = new Set<Lane>();
  const authorities = options.extraCa === undefined ? undefined : [...rootCertificates, options.extraCa];
  const wireFor = (free: boolean) => ({ lookup: guardedLookup(free), rootCertificates: authorities });
  const [guarded, free] = [wireFor(options.allowPrivate), wireFor(true)];
  let closed = false;

  async function enter(name: string, signal: AbortSignal | undefined): Promise<boolean> {
    let host = hosts.get(name);
    if (host === undefined) {
      host = { busy: 0, waiting: [] };
      hosts.set(name, host);
    }
    if (host.busy < options.perHost) {
      host.busy += 1;
      return true;
    }
    const { waiting } = host;
    return new Promise((resolve) => {
      const abort = (): void => {
        waiting.splice(waiting.indexOf(enterNow), 1);
        resolve(false);
      };
      // The place is handed on, so `busy` stays as it is.
      const enterNow = (): void => {
        signal?.removeEventListener("abort", abort);
        resolve(true);
      };
      waiting.push(enterNow);
      signal?.addEventListener("abort", abort, { once: true });
    });
  }

  function leave(name: string): void {
    const host = hosts.get(name);
    if (host === undefined) return;
    const next = host.waiting.shift();
    if (next !== undefined) {
      next();
      return;
    }
    host.busy -= 1;
    if (host.busy === 0) hosts.delete(name);
  }

  function takeIdle(key: string): Lane | undefined {
    const lanes = idle.get(key);
    for (let lane = lanes?.pop(); lane !== undefined; lane = lanes?.pop()) {
      if (!lane.socket.over) return lane;
      drop(lane);
    }
    return undefined;
  }

  function drop(lane: Lane): void {
    open.delete(lane);
    lane.client.destroy().catch(() => undefined);
  }

  /** A connection that the host or its idle time has ended leaves nothing behind. */
  function forget(lane: Lane, key: string): void {
    drop(lane);
    const rest = (idle.get(key) ?? []).filter((other) => other !== lane);
    if (rest.length === 0) idle.delete(key);
    else idle.set(key, rest);
  }

  function lend(lane: Lane, url: URL, key: string, reused: boolean): Lease {
    return {
      status: "leased",
      client: lane.client,
      socket: lane.socket,
      reused,
      giveBack(sound) {
        if (!sound || closed || lane.socket.over) drop(lane);
        else idle.set(key, [...(idle.get(key) ?? []), lane]);
        leave(url.hostname);
      },
    };
  }

  async function take(
    url: URL,
    signal: AbortSignal | undefined,
    how: { readonly fresh: boolean; readonly anyAddress: boolean },
  ): Promise<Lease | Fault> {
    if (signal?.aborted === true || closed) return fault("interrupted", "stopped before the request was made");
    const { fresh, anyAddress } = how;
    const key = anyAddress ? `${url.origin} by the operator` : url.origin;
    const kept = fresh ? undefined : takeIdle(key);
    if (kept !== undefined) return lend(kept, url, key, true);
    const allowed = options.allowPrivate || anyAddress;
    const socket = await openSocket(url, allowed, anyAddress ? free : guarded, timeouts.connect, signal);
    if ("status" in socket) return socket;
    const lane: Lane = { socket, client: await clientOver(socket, url) };
    open.add(lane);
    socket.once("close", () => forget(lane, key));
    if (!closed) return lend(lane, url, key, false);
    drop(lane);
    return fault("interrupted", "stopped while connecting");
  }

  return {
    async lease(url, signal, how) {
      if (!(await enter(url.hostname, signal))) return fault("interrupted", "stopped before the request was made");
      let lease: Lease | Fault | undefined;
      try {
        lease = await take(url, signal, how);
        return lease;
      } finally {
        // A place that led to no lane is free again, whatever went wrong.
        if (lease?.status !== "leased") leave(url.hostname);
      }
    },
    async close() {
      closed = true;
      const lanes = [...open];
      open.clear();
      idle.clear();
      await Promise.all(lanes.map(({ client }) => client.destroy()));
    },
  };
}

/** The parser uses of a socket only what a WireSocket has. */
function asNetSocket(socket: WireSocket): Socket {
  return socket as unknown as Socket;
}

async function clientOver(socket: WireSocket, url: URL): Promise<Client> {
  const undici = await import("undici");
  let handedOver = false;
  return new undici.Client(url.origin, {
    // Our own watch times headers and payload; theirs ticks too coarsely and misses a drip (A6).
    headersTimeout: 0,
    bodyTimeout: 0,
    pipelining: 1,
    allowH2: false,
    maxHeaderSize: MAX_HEADER_BYTES,
    keepAliveTimeout: KEEP_ALIVE_MS,
    keepAliveMaxTimeout: KEEP_ALIVE_MAX_MS,
    connect: (_options, callback) => {
      const first = !handedOver && !socket.over;
      handedOver = true;
      // Not in the same turn: the client is still inside the call that asked for the connection.
      queueMicrotask(() => {
        // One connection a client: a second one would go out without the checks that the first has passed.
        if (first) callback(null, asNetSocket(socket));
        else callback(new Error("the connection is used up"), null);
      });
    },
  });
}

/** Connects, and checks the address three times: as written, as looked up, and as the peer that really answered. */
function openSocket(
  url: URL,
  allowPrivate: boolean,
  wire: ConstructorParameters<typeof WireSocket>[1],
  timeout: number,
  signal: AbortSignal | undefined,
): Promise<WireSocket | Fault> {
  const literal = literalAddress(url);
  if (!allowPrivate && literal !== undefined && !isGlobalUnicast(literal)) {
    return Promise.resolve(connectFault(new AddressBlocked(`\`${literal}\` is not a public address`), url));
  }
  return new Promise((resolve) => {
    const socket = new WireSocket(url, wire);
    // Whoever uses the lane listens too; this one keeps an error between two requests from being nobody's.
    socket.on("error", () => undefined);
    const settle = (result: WireSocket | Fault): void => {
      clearTimeout(timer);
      signal?.removeEventListener("abort", abort);
      if (result !== socket) socket.destroy();
      resolve(result);
    };
    const abort = (): void => settle(fault("interrupted", "stopped while connecting"));
    const timer = setTimeout(
      () => settle(fault("connect-timeout", `no connection to \`${url.host}\` within \`${timeout}\` ms`)),
      timeout,
    );
    signal?.addEventListener("abort", abort, { once: true });
    const failed = (): void => settle(connectFault(socket.failure ?? new Error("the connection closed"), url));
    socket.once("close", failed);
    socket.once("connected", () => {
      socket.off("close", failed);
      const peer = socket.remoteAddress ?? "";
      if (allowPrivate || isGlobalUnicast(peer)) settle(socket);
      else settle(connectFault(new AddressBlocked(`\`${url.hostname}\` led to \`${peer}\``), url));
    });
  });
}
