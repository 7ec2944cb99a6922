/**
 * The socket that the HTTP parser reads from. It reads into one large reused buffer, which carries a fast stream with a
 * quarter of the CPU that a 64 KiB chunk and its stream machinery cost, and it knows three things that the parser does
 * not tell: whether bytes wait behind the announced end, whether the connection ended in an error, and when nobody may
 * touch the buffer because a sink still works on it.
 */
import { connect as connectPlain, isIP, type LookupFunction, type Socket } from "node:net";
import { Writable } from "node:stream";
import { connect as connectTls } from "node:tls";
import { SOCKET_READ_BYTES, TLS_READ_BYTES } from "./limits.ts";

/** `flow`: bytes go to the parser; `peek`: they are kept back; `hold`: nothing is read at all. */
type Mode = "flow" | "peek" | "hold";

export interface WireOptions {
  readonly lookup: LookupFunction;
  readonly rootCertificates: readonly string[] | undefined;
}

/** A connection with the surface that undici asks of a socket: `read`, `unshift`, `readable`, `end`, and a writable side. */
export class WireSocket extends Writable {
  readonly #inner: Socket;
  #current: Buffer | undefined;
  #kept: Buffer[] = [];
  #mode: Mode = "flow";
  #ended = false;
  #endTold = false;
  #failure: Error | undefined;

  constructor(url: URL, options: WireOptions) {
    super();
    const secure = url.protocol === "https:";
    const onread = {
      // TLS hands over every record that it has, also after it was told to stop: each needs a place of its own.
      buffer: secure ? () => Buffer.allocUnsafeSlow(TLS_READ_BYTES) : Buffer.allocUnsafeSlow(SOCKET_READ_BYTES),
      callback: (length: number, buffer: Uint8Array): boolean => this.#take(buffer, length),
    };
    const host = url.hostname.startsWith("[") ? url.hostname.slice(1, -1) : url.hostname;
    const common = { host, lookup: options.lookup, onread };
    this.#inner = secure
      ? connectTls({
          ...common,
          port: Number(url.port || 443),
          // Said outright, so that no environment variable turns it off (A34).
          rejectUnauthorized: true,
          ALPNProtocols: ["http/1.1"],
          ...(isIP(host) === 0 ? { servername: host } : {}),
          ...(options.rootCertificates === undefined ? {} : { ca: [...options.rootCertificates] }),
        })
      : connectPlain({ ...common, port: Number(url.port || 80) });
    this.#inner.setNoDelay(true);
    this.#inner.once(secure ? "secureConnect" : "connect", () => this.emit("connected"));
    this.#inner.on("error", (error) => this.#stop(error));
    this.#inner.on("end", () => this.#stop(undefined));
    this.#inner.on("close", () => this.#stop(undefined));
  }

  get remoteAddress(): string | undefined {
    return this.#inner.remoteAddress;
  }

  /** The error that ended the connection, whether or not anybody was told. */
  get failure(): Error | undefined {
    return this.#failure;
  }

  /** True when the other side, or an error, ended the connection. */
  get ended(): boolean {
    return this.#ended;
  }

  /** True when nothing more can come over this connection. */
  get over(): boolean {
    return this.#ended || this.destroyed;
  }

  /** Bytes that were read and not taken by the parser. */
  get waiting(): number {
    return this.#kept.reduce((sum, chunk) => sum + chunk.length, this.#current?.length ?? 0);
  }

  /** Reads nothing until `flow`: somebody still works on the last chunk. */
  hold(): void {
    this.#mode = "hold";
  }

  /** Reads, but keeps what comes: it must not be there. */
  peek(): void {
    this.#mode = "peek";
    if (this.#kept.length === 0) this.#inner.resume();
  }

  /** Lets bytes through again; the parser asks for what was kept. */
  flow(): void {
    this.#mode = "flow";
  }

  read(): Buffer | null {
    const chunk = this.#kept.shift() ?? this.#current;
    if (chunk === this.#current) this.#current = undefined;
    if (chunk !== undefined) return chunk;
    if (this.#mode === "flow") {
      if (this.#ended) process.nextTick(() => this.#tellEnd());
      else this.#inner.resume();
    }
    return null;
  }

  unshift(rest: Buffer): boolean {
    // A copy: the buffer behind it is read into again.
    if (rest.length > 0) this.#kept.unshift(Buffer.from(rest));
    return true;
  }

  ref(): this {
    this.#inner.ref();
    return this;
  }

  unref(): this {
    this.#inner.unref();
    return this;
  }

  override _write(chunk: Buffer, _encoding: BufferEncoding, done: (error?: Error | null) => void): void {
    this.#inner.write(chunk, done);
  }

  override _destroy(error: Error | null, done: (error?: Error | null) => void): void {
    this.#kept = [];
    this.#current = undefined;
    this.#inner.destroy();
    done(error);
  }

  #take(buffer: Uint8Array, length: number): boolean {
    this.#current = Buffer.from(buffer.buffer, buffer.byteOffset, length);
    if (this.#mode === "flow") this.emit("readable");
    if (this.#current !== undefined) {
      this.#kept.push(Buffer.from(this.#current));
      this.#current = undefined;
    }
    return this.#kept.length === 0 && this.#mode !== "hold";
  }

  #stop(error: Error | undefined): void {
    this.#ended = true;
    this.#failure ??= error;
    this.emit("over");
    // While the parser is paused it must not hear of the end: what was kept comes first.
    if (this.#mode === "flow" && this.waiting === 0) this.#tellEnd();
  }

  #tellEnd(): void {
    if (this.#endTold || this.destroyed || this.#mode !== "flow" || this.waiting > 0) return;
    this.#endTold = true;
    if (this.#failure !== undefined) this.destroy(this.#failure);
    else {
      this.emit("end");
      this.destroy();
    }
  }
}
