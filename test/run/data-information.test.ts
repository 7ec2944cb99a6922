/** Training data that is described and not shipped: what the description has, and what became of the sources it lists. */
import { afterAll, beforeAll, expect, test } from "vitest";
import { SOURCES_MAX } from "../../src/run/data-information.ts";
import { opennessOf } from "../../src/run/openness.ts";
import type { VerifyOptions } from "../../src/run/options.ts";
import { startWebServer, type WebServer } from "../resolve/web-server.ts";
import { type Hub, startHub } from "../services/hub.ts";
import { check, entry, folder, gist, safetensors, write, writeManifest } from "./release.ts";

let hub: Hub;
let web: WebServer;
beforeAll(async () => {
  hub = await startHub([
    { id: "org/open", type: "dataset", files: {}, cardData: { license: "cc-by-4.0" } },
    { id: "org/gated", type: "dataset", files: {}, gated: "auto" },
  ]);
  web = await startWebServer((request, response) => {
    const path = request.url ?? "";
    response.writeHead(path.startsWith("/gone") ? 404 : path.startsWith("/busy") ? 503 : 200);
    response.end();
  });
});
afterAll(async () => {
  await hub.close();
  await web.close();
});

async function described(card: string, options: VerifyOptions = {}, dataset: object = { availability: "withheld" }) {
  const at = await folder();
  await write(at, "model.safetensors", safetensors());
  await write(at, "DATASHEET.md", card);
  const before = web.asked.length;
  const manifest = await writeManifest(at, [
    { id: "weights", files: [entry("model.safetensors", safetensors())], locations: ["./model.safetensors"] },
    { id: "data", kind: "dataset", licenseDeclared: "NOASSERTION", availabilityReason: "personal data", ...dataset },
    {
      id: "sheet",
      kind: "data-card",
      licenseDeclared: "CC-BY-4.0",
      files: [entry("DATASHEET.md", card)],
      locations: ["./DATASHEET.md"],
    },
  ]);
  const report = await check(manifest, { endpoints: { huggingface: `${hub.url}/` }, ...options });
  return { report, asked: web.asked.slice(before).map(({ url }) => url), information: report.openness?.information };
}

const sheet = () =>
  [
    "---",
    "source_datasets: [org/open, org/gated, org/nothing]",
    "---",
    "# Datasheet",
    "## Composition",
    "Ten million pages.",
    "## Collection process",
    "Crawled in 2024.",
    "## Preprocessing/cleaning",
    "TODO",
    "## Sources",
    `<${web.url}/there>, <${web.url}/folder/>, <${web.url}/gone>, <${web.url}/gone/folder/>, <${web.url}/busy>`,
  ].join("\n");

test("each topic and each source, with its place", async () => {
  const { information, report } = await described(sheet());
  expect(information?.descriptions).toMatchObject([{ piece: "sheet", path: "DATASHEET.md" }]);
  expect(information?.descriptions[0]?.topics.map(({ topic, state, line }) => [topic, state, line])).toEqual([
    ["provenance", "filled", 11],
    ["scope", "filled", 5],
    ["selection", "filled", 7],
    ["labelling", "lacking", undefined],
    ["processing", "empty", 9],
    ["public-sources", "filled", 2],
    ["third-party-sources", "lacking", undefined],
  ]);
  expect(information?.sources.map(({ uri, state }) => [uri.replace(web.url, ""), state])).toEqual([
    ["hf:datasets/org/open", "resolves"],
    ["hf:datasets/org/gated", "gated"],
    // The hub tells nobody without an account what does not exist.
    ["hf:datasets/org/nothing", "undetermined"],
    ["/there", "resolves"],
    ["/folder/", "resolves"],
    ["/gone", "gone"],
    ["/gone/folder/", "gone"],
    ["/busy", "undetermined"],
  ]);
  const dead = report.findings.filter(({ code }) => code === "data-source-dead");
  expect(dead).toMatchObject([
    {
      severity: "warning",
      piece: "sheet",
      pointer: "/pieces/2",
      args: { source: `${web.url}/gone`, path: "DATASHEET.md", at: 12 },
    },
    { args: { source: `${web.url}/gone/folder/` } },
  ]);
  expect(gist(report).exit).toBe(0);
});

test("whether it is enough is for a person, with the facts", async () => {
  const { report } = await described(sheet());
  const osaid = opennessOf(report).definitions.find(({ id }) => id === "osaid-1.0");
  const [information, listing] = osaid?.requirements ?? [];
  expect(information).toMatchObject({ id: "data-information", holds: "person" });
  expect(information?.facts).toContain(
    "`sheet` has no heading in `DATASHEET.md` for: labelling, what third parties give, and where",
  );
  expect(listing).toMatchObject({ id: "data-listing", holds: "person" });
  expect(listing?.facts).toContain("3 of 8 listed sources resolve, 1 behind a gate, 2 gone, 2 could not be told");
});

test("what is shipped is not held to its description", async () => {
  const { information, asked } = await described(sheet(), {}, { availability: "open", locations: ["./DATASHEET.md"] });
  expect([information, asked]).toEqual([undefined, []]);
});

test("a card of the dataset itself, behind words on why it is on request", async () => {
  const { information } = await described("# Nothing\n", {}, { availability: "on-request" });
  expect(information?.descriptions[0]?.topics.map(({ state }) => state)).toEqual(Array(7).fill("lacking"));
  expect(information?.sources).toEqual([]);
});

test("at depth `probe` no text is read, and nothing is lacking", async () => {
  const { information, asked } = await described(sheet(), { depth: "probe" });
  expect(information).toEqual({ descriptions: [{ piece: "sheet", topics: [] }], sources: [], sourcesUnasked: 0 });
  expect(asked).toEqual([]);
});

test("without a network nothing is gone", async () => {
  const { information } = await described(sheet(), { offline: true });
  expect(new Set(information?.sources.map(({ state }) => state))).toEqual(new Set(["undetermined"]));
});

test("a card may not send us to this machine's own places, nor further than the limit", async () => {
  const crowd = Array.from({ length: SOURCES_MAX + 7 }, (_, n) => `${web.url}/there/${n}`).join("\n");
  const { information, asked } = await described(`# Sources\n${crowd}\nfile:///etc/passwd\n`);
  expect([information?.sources.length, information?.sourcesUnasked, asked.length]).toEqual([
    SOURCES_MAX,
    7,
    SOURCES_MAX,
  ]);
  const shut = await described(`# Sources\n${web.url}/there\n`, { allowPrivate: false });
  expect(shut.information?.sources.map(({ state }) => state)).toEqual(["undetermined"]);
  expect(shut.asked).toEqual([]);
});
