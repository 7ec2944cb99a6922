import type { LfsPointer } from "../model/lfs-pointer.ts";

/** What one address of a large file is asked with, as its host told. */
export interface LfsKey {
  readonly pointer: LfsPointer;
  /** Lower-case names. */
  readonly headers: { readonly [name: string]: string };
  /** Milliseconds since the epoch, after which it counts no more. */
  readonly until: number | undefined;
}

/** Keys that are kept: more than can be under way at a time. The oldest goes first. */
const keysMax = 20_000;
const headersMax = 32;
/** UTF-16 units. */
const valueMaxLength = 16 * 1024;

/** The keys of the files that are under way. */
export class LfsKeys {
  readonly #keys = new Map<string, LfsKey>();

  put(url: string, key: LfsKey): void {
    this.#keys.delete(url);
    this.#keys.set(url, key);
    const [oldest] = this.#keys.keys();
    if (this.#keys.size > keysMax && oldest !== undefined) this.#keys.delete(oldest);
  }

  get(url: string): LfsKey | undefined {
    return this.#keys.get(url);
  }
}

/** Headers that say how the connection is used, and not who asks: those are ours to say. */
const ours =
  /^(?:host|connection|content-.*|transfer-encoding|te|trailer|upgrade|expect|range|if-.*|accept.*|proxy-.*|user-agent|cookie)$/;

/** The headers that a host wants to be asked with, without those that would change the question. */
export function sendableHeaders(headers: { readonly [name: string]: string }): { readonly [name: string]: string } {
  const sendable = Object.entries(headers)
    .map(([name, value]) => [name.toLowerCase(), value] as const)
    .filter(([name, value]) => /^[a-z0-9!#$%&'*+.^_`|~-]+$/.test(name) && !ours.test(name) && isPlain(value));
  return Object.fromEntries(sendable.slice(0, headersMax));
}

function isPlain(value: string): boolean {
  return value.length <= valueMaxLength && /^[\t\u0020-\u007e\u0080-\u00ff]*$/.test(value);
}
