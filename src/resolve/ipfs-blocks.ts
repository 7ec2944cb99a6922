import { createHash, timingSafeEqual } from "node:crypto";
import { CID } from "multiformats/cid";
import type { Exchange, Refusal } from "../model/evidence.ts";
import { refuse } from "../model/refusal.ts";
import type { ResolveContext } from "./resolver.ts";

/** A gateway that is asked for single blocks, each of which is held against its identifier: it need not be trusted. */
const publicGateway = "https://trustless-gateway.link/";
/** The network passes on no block that is larger than 2 MiB; some software makes larger ones. Bytes. */
const blockMaxBytes = 4 * 1024 * 1024;
/** Bytes that an identifier may carry in itself instead of a digest. */
const inlineMaxBytes = 1024;

/** Hash functions that nobody can make collisions for, by their multihash code: the only ones that prove anything. */
const hashes: ReadonlyMap<number, { readonly name: string; readonly length: number }> = new Map([
  [0x12, { name: "sha256", length: 32 }],
  [0x13, { name: "sha512", length: 64 }],
]);
const identityHash = 0x00;

/** A block that is what its identifier says. */
export interface Block {
  readonly bytes: Uint8Array;
  /** Absent where no one had to be asked. */
  readonly exchange?: Exchange;
}

/** A gateway, asked for blocks. */
export interface Gateway {
  /** Where the content could be asked for, for a reader; not where its bytes are taken from. */
  address(cid: CID): string;
  readonly operatorEndpoint: boolean;
  get(cid: CID): Promise<Block | Refusal>;
}

/** Reads an identifier; undefined for what is none. */
export function readCid(text: string): CID | undefined {
  try {
    return CID.parse(text);
  } catch {
    return undefined;
  }
}

/** Opens the public gateway, or the operator's own. */
export function openGateway(context: ResolveContext): Gateway {
  const endpoint = context.endpoint("ipfs");
  const base = endpoint ?? publicGateway;
  const operatorEndpoint = endpoint !== undefined;
  const address = (cid: CID): string => `${base}ipfs/${cid.toString()}`;
  return {
    address,
    operatorEndpoint,
    async get(cid) {
      const { code, digest } = cid.multihash;
      if (code === identityHash) {
        if (digest.length <= inlineMaxBytes) return { bytes: digest };
        return refuse("too-large", `the identifier \`${short(cid)}\` carries more than \`${inlineMaxBytes}\` bytes`);
      }
      const hash = hashes.get(code);
      if (hash?.length !== digest.length) {
        const message = `\`${short(cid)}\` names its block by hash function \`0x${code.toString(16)}\`, by which it can not be checked here`;
        return refuse("encoding-unsupported", message);
      }
      const url = `${address(cid)}?format=raw`;
      const headers = { accept: "application/vnd.ipld.raw" };
      const answer = await context.http.answer(
        { url, headers, signal: context.signal, operatorEndpoint },
        { maxBytes: blockMaxBytes },
      );
      if (answer.status === "refused") return answer;
      if (answer.refusal !== undefined) return ofThisGateway(answer.refusal, cid);
      const { bytes, exchange } = answer;
      if (!timingSafeEqual(createHash(hash.name).update(bytes).digest(), digest)) {
        const message = `the gateway gave other bytes for \`${short(cid)}\` than the identifier says`;
        return refuse("reply-invalid", message, { url: exchange.url });
      }
      return { bytes, exchange };
    },
  };
}

/** One gateway speaks for itself: content that it does not have, or may not give, can be had elsewhere. */
function ofThisGateway(refusal: Refusal, cid: CID): Refusal {
  switch (refusal.httpStatus) {
    case 404: {
      const message = `this gateway does not have \`${short(cid)}\`; others may`;
      return refuse("status-unexpected", message, refusal);
    }
    case 410:
    case 451:
      return refuse("forbidden", `this gateway does not give out \`${short(cid)}\`; others may`, refusal);
    default:
      return refusal;
  }
}

/** An identifier as a message holds it: one with inline data can be long. */
export function short(cid: CID): string {
  return cid.toString().slice(0, 100);
}
