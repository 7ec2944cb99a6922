/** Questions to one bucket: in the region where it is, unsigned as long as that does, signed where it does not. */
import type { Answer, Authorization } from "../io/http.ts";
import type { Refusal } from "../model/evidence.ts";
import { decodePart, encodeKey, type StoredAt, slowedDown } from "./object-store.ts";
import type { ResolveContext } from "./resolver.ts";
import { awsBucketUrl, awsHost, isRegion, type S3Ref } from "./s3-address.ts";
import { type S3Error, s3Error } from "./s3-refusal.ts";
import type { GuardedStore } from "./store-access.ts";

/** Bytes of a page of a thousand keys at their longest, encoded, with room. */
const PAGE_MAX_BYTES = 16 * 1024 * 1024;
/** Answers that may send us on before one is final: two regions and a signature. */
const MAX_TURNS = 5;

export interface S3Question {
  readonly method: "GET" | "HEAD";
  readonly key: string;
  readonly query?: string;
  readonly headers?: { readonly [name: string]: string };
  /** Bytes that are read of the answer at most. Default: a page's. */
  readonly maxBytes?: number;
}

/** One bucket, as far as this run may ask it. What it learns (region, whether to sign) it keeps. */
export class S3Client implements GuardedStore {
  readonly #context: ResolveContext;
  readonly #bucket: string;
  readonly #credential: Credential | undefined;
  /** Present when the operator named a host, which then is the only one that is asked. */
  readonly #endpoint: string | undefined;
  readonly unsupported: string | undefined;
  #region: string;
  #signs = false;

  private constructor(
    context: ResolveContext,
    bucket: string,
    found: {
      readonly credential: Credential | undefined;
      readonly endpoint: string | undefined;
      readonly region: string;
      readonly unsupported: string | undefined;
    },
  ) {
    this.#context = context;
    this.#bucket = bucket;
    this.#credential = found.credential;
    this.#endpoint = found.endpoint;
    this.#region = found.region;
    this.unsupported = found.unsupported;
  }

  static async open({ bucket, region, atAws }: S3Ref, context: ResolveContext): Promise<S3Client> {
    const { endpoint, setting } = context;
    const own = endpoint("s3") ?? (atAws === true ? undefined : await setting("s3.endpoint"));
    const credential = await credentialOf(context);
    return new S3Client(context, bucket, {
      credential,
      endpoint: own,
      region: region ?? (await setting("s3.region")) ?? "us-east-1",
      unsupported: credential === undefined ? await setting("s3.unsupported") : undefined,
    });
  }

  get bucket(): string {
    return this.#bucket;
  }

  get hasCredential(): boolean {
    return this.#credential !== undefined;
  }

  get region(): string {
    return this.#region;
  }

  /** True when the last question needed a signature. */
  get signs(): boolean {
    return this.#signs;
  }

  get endpoint(): string | undefined {
    return this.#endpoint;
  }

  /** The bucket's own address, with a `/` at the end. */
  get base(): string {
    if (this.#endpoint === undefined) return awsBucketUrl(this.#bucket, this.#region);
    return `${this.#endpoint}${this.#bucket}/`;
  }

  /** Where an object is. Its bytes come as they were put there, whatever was said of their encoding then. */
  at(key: string, query = ""): StoredAt {
    const url = `${this.base}${encodeKey(key)}${query === "" ? "" : `?${query}`}`;
    return { url, encodedAtRest: true, ...(this.#endpoint === undefined ? {} : { operatorEndpoint: true }) };
  }

  /** Whether an object answers at all, signed or not. */
  async answers(url: string): Promise<boolean> {
    const { base } = this;
    const key = url.startsWith(base) ? decodePart(url.slice(base.length).split("?", 1)[0] ?? "") : undefined;
    const answer = key === undefined ? undefined : await this.ask({ method: "HEAD", key });
    return answer?.status === "answered" && answer.httpStatus !== 401 && answer.httpStatus !== 403;
  }

  /** Asks, follows the bucket to its region, and signs when the unsigned question is refused. */
  async ask({
    method,
    key,
    query = "",
    headers = {},
    maxBytes = PAGE_MAX_BYTES,
  }: S3Question): Promise<Answer | Refusal> {
    const { http, signal } = this.#context;
    for (let turn = 1; ; turn += 1) {
      const authorization = this.#signs ? this.#authorization() : undefined;
      const answer = await http.answer(
        { ...this.at(key, query), method, headers, signal, ...(authorization === undefined ? {} : { authorization }) },
        { redirects: "none", maxBytes },
      );
      if (answer.status === "refused") return slowedDown(answer);
      if (turn >= MAX_TURNS || answer.refusal === undefined) return answer;
      const region = regionTold(answer);
      if (region !== undefined && region !== this.#region) this.#region = region;
      else if (!this.#signs && this.#credential !== undefined && asksForSignature(answer.httpStatus))
        this.#signs = true;
      else return answer;
    }
  }

  /** After a question that was refused either way: what is public need not be signed for. */
  forgetCredential(): void {
    this.#signs = false;
  }

  /** What objects of this bucket are asked for with. */
  readonly authorize = async ({ url }: { readonly url: string }): Promise<Authorization | undefined> =>
    this.#signs && new URL(url).origin === new URL(this.base).origin ? this.#authorization() : undefined;

  #authorization(): Authorization | undefined {
    if (this.#credential === undefined) return undefined;
    return { scheme: "aws-sigv4", ...this.#credential, region: this.#region, service: "s3" };
  }
}

type Credential = Omit<Extract<Authorization, { readonly scheme: "aws-sigv4" }>, "scheme" | "region" | "service">;

async function credentialOf({ setting }: ResolveContext): Promise<Credential | undefined> {
  if ((await setting("s3.unsigned")) === "yes") return undefined;
  const [accessKeyId, secretAccessKey, sessionToken, payer] = [
    await setting("s3.accessKeyId"),
    await setting("s3.secretAccessKey"),
    await setting("s3.sessionToken"),
    await setting("s3.requestPayer"),
  ];
  if (accessKeyId === undefined || secretAccessKey === undefined) return undefined;
  return {
    accessKeyId,
    secretAccessKey,
    ...(sessionToken === undefined ? {} : { sessionToken }),
    ...(payer === undefined ? {} : { headers: { "x-amz-request-payer": payer } }),
  };
}

/** Some hosts that speak S3 know no unsigned question and call it a bad one. */
const asksForSignature = (status: number): boolean => status === 400 || status === 401 || status === 403;

/** Where the bucket is, by the answer of a host that is the wrong one. */
function regionTold(answer: Answer): string | undefined {
  const { httpStatus, headers } = answer;
  if (httpStatus !== 301 && httpStatus !== 307 && httpStatus !== 400 && httpStatus !== 403) return undefined;
  const error: S3Error | undefined = s3Error(answer);
  const { location } = headers;
  const redirected = location !== undefined && URL.canParse(location) ? awsHost(new URL(location).hostname) : undefined;
  return [headers["x-amz-bucket-region"], error?.region, redirected?.region].find(isRegion);
}
