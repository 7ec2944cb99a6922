import { expect, test } from "vitest";
import type { Location } from "../../src/model/manifest.ts";
import { parseAzure } from "../../src/resolve/azure-address.ts";

const at = { account: "account", container: "data" };
const version = "2024-05-06T07:08:09.1234567Z";

test.each<[string, object | undefined]>([
  ["az://account/data", { ...at, key: "" }],
  ["az://account/data/a/b c+%20?#.bin", { ...at, key: "a/b c+%20?#.bin" }],
  ["az://account/$web/a", { account: "account", container: "$web", key: "a" }],
  ["az://account", undefined],
  ["az://Account/data/a", undefined],
  ["az://account/da--ta/a", undefined],
  ["az://account/data/../other/a", undefined],
  ["az://account/data//a", undefined],
  ["abfss://data@account.dfs.core.windows.net/a/", { ...at, key: "a/" }],
  ["wasbs://data@account.blob.core.windows.net/a", { ...at, key: "a" }],
  ["abfss://data@account.example.org/a", undefined],
  ["https://account.blob.core.windows.net/data/a%20b", { ...at, key: "a b" }],
  ["https://account.blob.core.windows.net/data", { ...at, key: "" }],
  [
    "https://account.blob.core.usgovcloudapi.net/data/a",
    { ...at, key: "a", host: "account.blob.core.usgovcloudapi.net" },
  ],
  [
    "https://account.z12.blob.storage.azure.net/data/a",
    { ...at, key: "a", host: "account.z12.blob.storage.azure.net" },
  ],
  [`https://account.blob.core.windows.net/data/a?versionid=${version}`, { ...at, key: "a", version }],
  ["https://account.blob.core.windows.net/data/a?versionid=1", undefined],
  ["https://account.blob.core.windows.net/data?restype=container&comp=list&prefix=a%2F", { ...at, key: "a/" }],
  ["https://account.blob.core.windows.net/data?restype=container&comp=list&prefix=a", undefined],
  ["https://account.blob.core.windows.net/data/a?sv=1&sp=r&sig=x%2By", { ...at, key: "a", sas: "sv=1&sp=r&sig=x%2By" }],
  ["https://account.blob.core.windows.net/data/a?sv=1&other=2&sig=x", undefined],
  ["https://account.blob.core.windows.net/data/a?snapshot=1", undefined],
  ["https://account.blob.core.windows.net/data/%2e%2e/a", undefined],
  ["https://account.blob.core.windows.net:8443/data/a", undefined],
  ["https://account.blob.core.windows.net.example.org/data/a", undefined],
  ["https://account.queue.core.windows.net/data/a", undefined],
  ["https://account.blob.core.windows.net/", undefined],
])("%s", (uri, ref) => {
  expect(parseAzure({ uri })).toEqual(ref);
});

test.each<[Omit<Location, "uri">, string, object | undefined]>([
  [{ path: "x/y" }, "az://account/data/a/", { key: "a/x/y" }],
  [{ path: "../x" }, "az://account/data/a/", undefined],
  [{ path: "x", unpack: true }, "az://account/data/a.zip", { key: "a.zip", members: "x" }],
  [{ revision: version }, "az://account/data/a", { key: "a", version }],
  [{ revision: "main" }, "az://account/data/a", { key: "a" }],
])("%j of %s", (more, uri, ref) => {
  expect(parseAzure({ uri, ...more })).toEqual(ref === undefined ? undefined : { ...at, ...ref });
});
