/** One suite that every resolver runs. What its world looks like is said in worlds/<id>.ts. */
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { Answer, Http, HttpRequest, Reply } from "../../src/io/http.ts";
import type { Exchange, Refusal, RemoteObject } from "../../src/model/evidence.ts";
import { refusalReasons } from "../../src/model/evidence.ts";
import type { Json } from "../../src/model/json.ts";
import type { Location } from "../../src/model/manifest.ts";
import type { ResolveContext, Resolver } from "../../src/resolve/resolver.ts";

const never = async (): Promise<never> => {
  throw new Error("not to be asked");
};
/** A network that nobody may touch. */
export const noHttp: Http = {
  probe: never,
  json: never,
  text: never,
  answer: never,
  download: never,
  close: async () => {},
};

const exchange = (url: string): Exchange => ({ url, finalUrl: url, hops: [], attempts: [], httpStatus: 200 });

/** An http that answers every question with `body`, read with the schema that was asked for. */
function answering(body: Json | Refusal, asked: HttpRequest[] = []): Http {
  const refusal = (value: Json | Refusal): Refusal | undefined =>
    typeof value === "object" && value !== null && "reason" in value && "kind" in value
      ? (value as Refusal)
      : undefined;
  const reply = <Body>(url: string, value: Body): Reply<Body> => ({
    status: "ok",
    body: value,
    exchange: exchange(url),
    headers: {},
  });
  return {
    ...noHttp,
    probe: async (request) => {
      asked.push(request);
      return refusal(body) ?? reply(request.url, undefined);
    },
    json: async (request, schema) => {
      asked.push(request);
      const refused = refusal(body);
      if (refused !== undefined) return refused;
      const read = schema.safeParse(body);
      if (read.success) return reply(request.url, read.data);
      return {
        status: "refused",
        kind: "malformed",
        reason: "reply-invalid",
        message: "does not fit",
        url: request.url,
      };
    },
    text: async (request) => {
      asked.push(request);
      return refusal(body) ?? reply(request.url, JSON.stringify(body));
    },
    answer: async (request): Promise<Answer | Refusal> => {
      asked.push(request);
      return (
        refusal(body) ?? {
          status: "answered",
          httpStatus: 200,
          headers: { "content-type": "application/json" },
          bytes: new TextEncoder().encode(JSON.stringify(body)),
          exchange: exchange(request.url),
        }
      );
    },
  };
}

/** All values of a listing. */
export async function collect<Value>(values: AsyncIterable<Value>): Promise<readonly Value[]> {
  const all: Value[] = [];
  for await (const value of values) all.push(value);
  return all;
}

/** The same http, with every question that it was asked. */
function recording(http: Http, asked: HttpRequest[]): Http {
  const note = <Request extends HttpRequest>(request: Request): Request => {
    asked.push(request);
    return request;
  };
  return {
    probe: (request) => http.probe(note(request)),
    json: (request, schema, options) => http.json(note(request), schema, options),
    text: (request, options) => http.text(note(request), options),
    answer: (request, options) => http.answer(note(request), options),
    // A payload is none of a resolver's business.
    download: never,
    close: () => http.close(),
  };
}

/** Where a resolver finds something. */
export interface World {
  /** A location that is there. */
  readonly location: Location;
  readonly context: ResolveContext;
  /** A secret of this user, and the only addresses that it may be sent to. */
  readonly secret?: { readonly value: string; readonly below: string };
}

/** How a resolver's world is built, and what kind of resolver it is. */
export interface WorldRow {
  /** Its `resolve` puts a question to a host by http, and what the host refuses is its answer. */
  readonly asksHost: boolean;
  /** The first reply that it needs is JSON. */
  readonly readsJson: boolean;
  /** It brings the bytes into a folder of the run: their URLs are others each time. */
  readonly bringsFiles?: boolean;
  /** `describe`, or what skips where a program is missing. */
  readonly suite?: (name: string, tests: () => void) => void;
  open(): Promise<World & { close(): Promise<void> }>;
}

/** What a resolver promises whatever its host is. `asksHost`: its `resolve` puts one question to a host by http. */
export function conformance(
  resolver: Resolver,
  world: () => World,
  { asksHost, readsJson, bringsFiles = false }: Omit<WorldRow, "open">,
): void {
  const refOf = (location: Location): Json => {
    const ref = resolver.parse(location);
    if (ref === undefined) throw new Error(`${resolver.id} does not read ${location.uri}`);
    return ref;
  };

  describe(`${resolver.id}: parse`, () => {
    const head = fc.constantFrom("", "./", "../", "/", "file:///", "https://h/", "http://h", "pkg:npm/", "pkg:npm/@a/");
    const text = fc.oneof(fc.string({ unit: "binary" }), fc.string({ unit: "grapheme-composite" }), fc.webUrl());
    const uri = fc.tuple(head, text).map(([start, end]) => start + end);
    const part = fc.option(text, { nil: undefined });
    const locations = fc.record({
      uri,
      revision: part,
      path: part,
      unpack: fc.option(fc.boolean(), { nil: undefined }),
    });

    test("is total, pure, and gives plain JSON that its other questions take", () => {
      fc.assert(
        fc.property(locations, (location) => {
          const ref = resolver.parse(Object.freeze({ ...location }));
          expect(resolver.parse({ ...location })).toEqual(ref);
          if (ref === undefined) return;
          expect(JSON.parse(JSON.stringify(ref))).toEqual(ref);
          expect(typeof resolver.isPinned(ref)).toBe("boolean");
        }),
        { numRuns: 1000 },
      );
    });
  });

  if (asksHost) {
    describe(`${resolver.id}: what the host refuses`, () => {
      test.each(Object.keys(refusalReasons) as (keyof typeof refusalReasons)[])("%s passes through", async (reason) => {
        const refusal: Refusal = {
          status: "refused",
          kind: refusalReasons[reason],
          reason,
          message: "as it was said",
          attempts: 3,
        };
        const { context, location } = world();
        const resolution = await resolver.resolve(refOf(location), { ...context, http: answering(refusal) });
        const { message: _words, ...facts } = refusal;
        expect(resolution).toMatchObject(facts);
      });
    });
  }

  if (readsJson) {
    describe(`${resolver.id}: what the host makes up`, () => {
      const garbage: readonly Json[] = [
        null,
        true,
        0,
        "",
        "<html>",
        [],
        {},
        [[]],
        { error: "no" },
        { versions: 1 },
        { dist: [] },
      ];
      test.each(garbage.map((body) => [JSON.stringify(body), body] as const))(
        "%s is reply-invalid",
        async (_name, body) => {
          const { context, location } = world();
          const resolution = await resolver.resolve(refOf(location), { ...context, http: answering(body) });
          expect(resolution).toMatchObject({ status: "refused", kind: "malformed", reason: "reply-invalid" });
        },
      );
      test("any JSON at all is answered, never thrown at", async () => {
        const { context, location } = world();
        await fc.assert(
          fc.asyncProperty(fc.jsonValue(), async (body) => {
            const resolution = await resolver.resolve(refOf(location), {
              ...context,
              http: answering(body as Json),
            });
            expect(resolution.status).toBe("refused");
          }),
        );
      });
    });
  }

  describe(`${resolver.id}: what is there`, () => {
    const ask = async () => {
      const { context, location, secret } = world();
      const asked: HttpRequest[] = [];
      const ref = refOf(location);
      const resolution = await resolver.resolve(ref, { ...context, http: recording(context.http, asked) });
      if (resolution.status !== "found") throw new Error(JSON.stringify(resolution));
      const list = async () => (resolution.objects === undefined ? [] : await collect(resolution.objects));
      return { resolution, ref, asked, secret, list };
    };

    test("is found, with the pin that its syntax promised", async () => {
      const { resolution, ref } = await ask();
      expect(resolution.pinned).toBe(resolver.isPinned(ref));
      expect(resolution.objects ?? resolution.objectAt).toBeDefined();
    });

    test("is the same each time, and each time it is listed", async () => {
      const first = await ask();
      const second = await ask();
      const named = async (list: typeof first.list) =>
        bringsFiles ? (await list()).map((object) => ({ ...object, url: "", within: "" })) : list();
      const objects = await named(first.list);
      expect(await named(first.list)).toEqual(objects);
      expect(await named(second.list)).toEqual(objects);
      expect(first.resolution.revision).toBe(second.resolution.revision);
    });

    test("has paths that stay inside, URLs that parse, and digests in lower-case hex", async () => {
      for (const object of await (await ask()).list()) {
        if ("reason" in object) continue;
        expect(object.path).not.toMatch(/^\/|(?:^|\/)\.\.?(?:\/|$)|^$/);
        expect(new URL(object.url).protocol).toMatch(/^(?:https?|file):$/);
        for (const value of Object.values(object.digest ?? {}))
          expect(value).toMatch(/^[0-9a-f]+$|^swh:1:cnt:[0-9a-f]{40}$/);
        expect(JSON.parse(JSON.stringify(object)) as RemoteObject).toEqual(object);
      }
    });

    test("is said to be one object, or layers, where archives are there whose members are meant", async () => {
      const { resolution, list } = await ask();
      const objects = await list();
      if (objects.some((object) => "members" in object)) {
        expect(resolution.single === true || resolution.layered === true).toBe(true);
      }
      if (resolution.single === true) expect(objects).toHaveLength(1);
    });

    test("is asked for without a payload, and secrets go to their own address only", async () => {
      const { resolution, asked, secret, list } = await ask();
      const whole = JSON.stringify([resolution, await list()]);
      if (secret !== undefined) expect(whole).not.toContain(secret.value);
      for (const request of asked) {
        const carries = secret !== undefined && JSON.stringify(request).includes(secret.value);
        if (carries) expect(request.url.startsWith(secret.below)).toBe(true);
      }
    });
  });
}
