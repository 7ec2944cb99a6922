/** What the hub refuses, its gates, and where the token goes. */
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { Refusal, RemoteObject } from "../../src/model/evidence.ts";
import { type Hub, startHub } from "../services/hub.ts";
import { files, type HubRig, objectsOf, pathsOf, sha256, startHubRig, weights } from "./hub-rig.ts";
import { loopbackHttp } from "./web-server.ts";

let rig: HubRig;
let hub: Hub;
beforeAll(async () => {
  rig = await startHubRig();
  ({ hub } = rig);
});
afterAll(() => rig.close());

describe("what the hub refuses", () => {
  type Row = readonly [
    uri: string,
    token: "none" | "granted" | "stranger" | "wrong",
    kind: string,
    reason: string,
    words: string,
  ];
  test.each<Row>([
    ["hf:org/nothing", "none", "denied", "authentication-required", "private or missing: this host does not tell"],
    ["hf:org/private", "none", "denied", "authentication-required", "private or missing: this host does not tell"],
    ["hf:org/nothing", "stranger", "denied", "forbidden", "private or missing: this host does not tell"],
    ["hf:org/private", "stranger", "denied", "forbidden", "private or missing: this host does not tell"],
    ["hf:datasets/org/open", "none", "denied", "authentication-required", "dataset `org/open` is private or missing"],
    ["hf:org/open", "wrong", "denied", "authentication-required", "does not take the token"],
    ["hf:org/open@v9", "none", "absent", "revision-not-found", "no revision `v9`"],
    [`hf:org/open@${"0".repeat(40)}`, "none", "absent", "revision-not-found", "no revision `000"],
    ["hf:org/disabled", "none", "denied", "forbidden", "disabled"],
    ["hf:org/disabled", "granted", "denied", "forbidden", "disabled"],
  ])("%s with token %s: %s, %s", async (uri, who, kind, reason, words) => {
    const tokens = { none: undefined, granted: hub.token, stranger: hub.strangerToken, wrong: "hf_wrong" };
    const token = tokens[who];
    const refusal = await rig.resolved(uri, token === undefined ? {} : { token });
    expect(refusal).toMatchObject({ status: "refused", kind, reason, message: expect.stringContaining(words) });
    if (token !== undefined) expect(JSON.stringify(refusal)).not.toContain(token);
  });

  test("a private repository is found by whoever may read it", async () => {
    const resolution = await rig.found("hf:org/private", { token: hub.token });
    expect(resolution).toMatchObject({ facts: { private: true } });
    expect(pathsOf(await objectsOf(resolution))).toEqual(Object.keys(files));
  });

  test("a limit is no absence, and says when it ends", async () => {
    const http = loopbackHttp();
    hub.limit(90);
    const refusal = await rig.resolved("hf:org/open", { http });
    hub.limit(undefined);
    await http.close();
    expect(refusal).toMatchObject({ kind: "unreachable", reason: "rate-limited", httpStatus: 429 });
    const retryAt = Date.parse(refusal.status === "refused" ? (refusal.retryAt ?? "") : "");
    expect(Math.abs(retryAt - Date.now() - 90_000)).toBeLessThan(5_000);
  });

  test("a limit in the middle of a listing ends it with that word", async () => {
    const http = loopbackHttp();
    const { objects } = await rig.found("hf:org/many", { http });
    const seen: (RemoteObject | Refusal)[] = [];
    for await (const object of objects ?? []) {
      seen.push(object);
      if (seen.length === 1) hub.limit(90);
    }
    hub.limit(undefined);
    await http.close();
    expect(seen).toHaveLength(1_001);
    expect(seen.at(-1)).toMatchObject({ status: "refused", reason: "rate-limited" });
  });
});

describe("a gate", () => {
  test.each([
    ["hf:org/auto", "auto"],
    ["hf:org/manual", "manual"],
  ])("%s is listed without access, and asked for nothing more at depth probe", async (uri, gated) => {
    const before = hub.asked.length;
    const resolution = await rig.found(uri, { depth: "probe" });
    expect(resolution.gated).toBe(gated);
    const objects = await objectsOf(resolution);
    expect(objects.find((object) => "path" in object && object.path === "model.safetensors")).toMatchObject({
      digest: { sha256: sha256(weights) },
    });
    for (const object of objects) expect(object).not.toHaveProperty("refusal");
    expect(hub.asked.length - before).toBe(2);
  });

  test.each(["none", "stranger"] as const)(
    "is told of every file to %s, who would be refused each of them",
    async (who) => {
      const more = who === "none" ? {} : { token: hub.strangerToken };
      const resolution = await rig.found("hf:org/manual", more);
      const before = hub.asked.length;
      for (const object of await objectsOf(resolution)) {
        expect(object).toMatchObject({ digest: {}, refusal: { kind: "denied", reason: "gated" } });
      }
      expect(resolution.objectAt?.("README.md")).toMatchObject({ refusal: { reason: "gated" } });
      expect(hub.asked.length - before).toBe(1);
      const [one] = await rig.listed({ uri: "hf:org/manual", path: "README.md" }, more);
      expect(one).toMatchObject({ path: "README.md", refusal: { reason: "gated" } });
    },
  );

  test("that is open for this user stays a gate", async () => {
    const resolution = await rig.found("hf:org/manual", { token: hub.token });
    expect(resolution.gated).toBe("manual");
    for (const object of await objectsOf(resolution)) expect(object).not.toHaveProperty("refusal");
  });
});

describe("the token", () => {
  test("goes to the hub with every question and to nobody else", async () => {
    const other = await startHub([{ id: "org/open", files: { "a.txt": "a" } }]);
    try {
      const before = hub.asked.length;
      const resolution = await rig.resolved("hf:org/manual", { token: hub.token });
      if (resolution.status !== "found") throw new Error(resolution.message);
      const objects = await objectsOf(resolution);
      const asked = hub.asked.slice(before);
      expect(asked.map(({ headers }) => headers.authorization)).toEqual(asked.map(() => `Bearer ${hub.token}`));
      const { facts, exchange } = resolution;
      expect(JSON.stringify([objects, facts, exchange])).not.toContain(hub.token);

      const { authorize } = resolution;
      const headers = { authorization: `Bearer ${hub.token}` };
      const [object] = objects;
      if (object === undefined || !("url" in object)) throw new Error("no object");
      expect(await authorize?.({ url: object.url ?? "" })).toEqual({ scheme: "headers", headers });
      for (const url of [`${hub.cdn}/blobs/x`, `${hub.url}.example.org/x`, "https://huggingface.co/x"])
        expect(await authorize?.({ url })).toBeUndefined();

      // A hub that the location names is not the one that the token is for.
      await rig.found(`pkg:huggingface/org/open?repository_url=${encodeURIComponent(other.url)}`, { token: hub.token });
      expect(other.asked).not.toEqual([]);
      expect(JSON.stringify(other.asked)).not.toContain(hub.token);
    } finally {
      await other.close();
    }
  });
});
