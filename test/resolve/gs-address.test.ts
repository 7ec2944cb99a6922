import { expect, test } from "vitest";
import type { Location } from "../../src/model/manifest.ts";
import { parseGs } from "../../src/resolve/gs-address.ts";

test.each<[string, object | undefined]>([
  ["gs://data", { bucket: "data", key: "" }],
  ["gs://data/a/b c+%20?#.bin", { bucket: "data", key: "a/b c+%20?#.bin" }],
  ["gs://data/a#1700000000000001", { bucket: "data", key: "a", generation: "1700000000000001" }],
  ["gs://data/a#12", { bucket: "data", key: "a#12" }],
  ["gs://", undefined],
  ["gs://Data/a", undefined],
  ["gs://data//a", undefined],
  ["gs://data/../other", undefined],
  ["https://storage.googleapis.com/data/a%20b", { bucket: "data", key: "a b" }],
  ["https://storage.googleapis.com/data", { bucket: "data", key: "" }],
  ["https://my.data.storage.googleapis.com/a/", { bucket: "my.data", key: "a/" }],
  ["https://storage.cloud.google.com/data/a?authuser=1", { bucket: "data", key: "a" }],
  ["https://storage.googleapis.com/data/a?generation=17", { bucket: "data", key: "a", generation: "17" }],
  ["https://console.cloud.google.com/storage/browser/data/a;tab=objects?project=p", { bucket: "data", key: "a/" }],
  [
    "https://console.cloud.google.com/storage/browser/_details/data/a/b.bin;tab=live",
    { bucket: "data", key: "a/b.bin" },
  ],
  ["https://console.cloud.google.com/compute", undefined],
  ["https://storage.googleapis.com/data/a?X-Goog-Signature=1&X-Goog-Date=2", undefined],
  ["https://storage.googleapis.com/data/a?GoogleAccessId=1", undefined],
  ["https://storage.googleapis.com/download/storage/v1/b/data/o/a?alt=media", undefined],
  ["https://storage.googleapis.com/data/%2e%2e/other/a", undefined],
  ["https://storage.googleapis.com/", undefined],
  ["https://storage.googleapis.com.example.org/data/a", undefined],
])("%s", (uri, ref) => {
  expect(parseGs({ uri })).toEqual(ref);
});

test.each<[Omit<Location, "uri">, string, object | undefined]>([
  [{ path: "x/y" }, "gs://data/a/", { key: "a/x/y" }],
  [{ path: "../x" }, "gs://data/a/", undefined],
  [{ path: "x", unpack: true }, "gs://data/a.zip", { key: "a.zip", members: "x" }],
  [{ revision: "1700000000000001" }, "gs://data/a", { key: "a", generation: "1700000000000001" }],
  [{ revision: "main" }, "gs://data/a", { key: "a" }],
])("%j of %s", (more, uri, ref) => {
  expect(parseGs({ uri, ...more })).toEqual(ref === undefined ? undefined : { bucket: "data", ...ref });
});
