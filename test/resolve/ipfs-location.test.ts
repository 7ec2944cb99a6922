import { expect, test } from "vitest";
import type { Location } from "../../src/model/manifest.ts";
import { parseIpfsLocation } from "../../src/resolve/ipfs-location.ts";

const cid = "bafybeicx6y3ajecdkkpiktdtsqoelcjwtnvqnh64zoa7mdfpbthe4q376y";
const v0 = "QmUNLLsPACCz1vLxQVkXqqLX5R1X345qqfHbsf67hvA3Nn";

test.each<[Location, object]>([
  [{ uri: `ipfs://${cid}` }, { cid, path: "" }],
  [{ uri: `ipfs://${cid}/` }, { cid, path: "" }],
  [{ uri: `IPFS://${v0}/a%20b/c/` }, { cid: v0, path: "a b/c" }],
  [
    { uri: `ipfs://${cid}`, path: "./data/" },
    { cid, path: "data" },
  ],
  [
    { uri: `ipfs://${cid}/a.tar`, unpack: true, path: "in" },
    { cid, path: "a.tar", prefix: "in" },
  ],
  [
    { uri: `ipfs://${cid}`, unpack: true },
    { cid, path: "", prefix: "" },
  ],
  [{ uri: `https://ipfs.io/ipfs/${v0}/data/a.csv` }, { cid: v0, path: "data/a.csv" }],
  [{ uri: `https://IPFS.io/ipfs/${cid}?filename=a.csv&download=true#x` }, { cid, path: "", name: "a.csv" }],
  [{ uri: `https://dweb.link/ipfs/${cid}?filename=../a` }, { cid, path: "" }],
  [{ uri: `https://${cid}.ipfs.dweb.link/a` }, { cid, path: "a" }],
  [{ uri: `https://${cid.toUpperCase()}.ipfs.DWEB.link` }, { cid, path: "" }],
])("%j", (location, expected) => {
  expect(parseIpfsLocation(location)).toEqual(expected);
});

test.each<Location>([
  { uri: `ipns://${cid}` },
  { uri: "ipfs://example.org/a" },
  { uri: `ipfs://${v0.toLowerCase()}` },
  { uri: `ipfs://${cid}?a` },
  { uri: `ipfs://${cid}/../a` },
  { uri: `ipfs://${cid}/a%2fb` },
  { uri: `ipfs://${cid}/%ff` },
  { uri: `ipfs://${cid}/a`, path: "b" },
  { uri: `ipfs://${cid}`, path: "../b" },
  { uri: `ipfs:/${cid}` },
  { uri: `ipfs://${cid}/${"a".repeat(10_000)}` },
  { uri: `https://ipfs.io/ipns/${cid}` },
  { uri: `https://ipfs.io/ipfs/${cid}?format=car` },
  { uri: `https://example.org/ipfs/${cid}` },
  { uri: `https://ipfs.io.example.org/ipfs/${cid}` },
  { uri: `https://user@ipfs.io/ipfs/${cid}` },
  { uri: `https://ipfs.io:8080/ipfs/${cid}` },
  { uri: `https://${cid}.ipfs.example.org/` },
  { uri: `https://${cid}.ipns.dweb.link/` },
  { uri: "https://ipfs.io/" },
  { uri: `/ipfs/${cid}` },
])("not %j", (location) => {
  expect(parseIpfsLocation(location)).toBeUndefined();
});
