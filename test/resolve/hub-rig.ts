/** A hub with one repository of each kind, and our resolver asking it. */
import { createHash } from "node:crypto";
import type { Http } from "../../src/io/http.ts";
import type { Depth, Found, Refusal, RemoteObject } from "../../src/model/evidence.ts";
import type { Location } from "../../src/model/manifest.ts";
import type { Resolution } from "../../src/resolve/resolver.ts";
import { huggingface } from "../../src/resolve/resolvers/huggingface.ts";
import { type Hub, type HubRepo, startHub } from "../services/hub.ts";
import { collect } from "./conformance.ts";
import { contextFor } from "./context.ts";
import { loopbackHttp } from "./web-server.ts";

/** The content of `model.safetensors`. */
export const weights = Buffer.alloc(5000, "w");
export const sha256 = (bytes: string | Uint8Array): string => createHash("sha256").update(bytes).digest("hex");
/** What most of the repositories hold. */
export const files = {
  ".gitattributes": "* text\n",
  "README.md": "card\n",
  "data/a b#?.txt": "odd name",
  "data/deep/x.bin": { bytes: "x", lfs: true },
  "model.safetensors": { bytes: weights, lfs: true },
  "xet.bin": { bytes: "chunks", xet: true },
} as const;
const card = {
  license: "other",
  license_name: "our-terms",
  license_link: "LICENSE",
  base_model: ["org/base", "org/other"],
  base_model_relation: "finetune",
  datasets: ["org/data"],
  extra_gated_prompt: "p".repeat(20_000),
};

const repositories: readonly HubRepo[] = [
  {
    id: "org/open",
    files,
    cardData: card,
    refs: { v1: { "README.md": "old\n" }, "refs/pr/1": { "README.md": "proposed\n" } },
    renamedFrom: ["old/open"],
  },
  { id: "org/auto", files, gated: "auto", cardData: { license: "apache-2.0" } },
  { id: "org/manual", files, gated: "manual" },
  { id: "org/private", files, private: true },
  { id: "org/disabled", files, disabled: true },
  { id: "gpt2", files: { "config.json": "{}" }, tags: ["pytorch", "license:mit"] },
  { id: "org/data", type: "dataset", files: { "train.csv": "1\n" }, cardData: { license: ["mit", "cc-by-4.0"] } },
  { id: "org/app", type: "space", files: { "app.py": "print()\n" }, cardData: { license: ["mit"] } },
  { id: "org/empty", files: {} },
  {
    id: "org/many",
    files: Object.fromEntries(Array.from({ length: 2_500 }, (_, n) => [`${n}.txt`.padStart(9, "0"), `${n}`])),
  },
];

interface More {
  readonly token?: string;
  readonly depth?: Depth;
  /** Another client: one remembers which hosts asked to be left alone. */
  readonly http?: Http;
}

type Objects = readonly (RemoteObject | Refusal)[];

export interface HubRig {
  readonly hub: Hub;
  resolved(location: Location | string, more?: More): Promise<Resolution>;
  found(location: Location | string, more?: More): Promise<Found>;
  listed(location: Location | string, more?: More): Promise<Objects>;
  close(): Promise<void>;
}

export async function startHubRig(): Promise<HubRig> {
  const hub = await startHub(repositories);
  const usual = loopbackHttp();
  async function resolved(location: Location | string, more: More = {}): Promise<Resolution> {
    const { token, depth = "full", http = usual } = more;
    const ref = huggingface.parse(typeof location === "string" ? { uri: location } : location);
    if (ref === undefined) throw new Error("not parsed");
    const setting = async (name: string) => (name === "huggingface.token" ? token : undefined);
    return huggingface.resolve(ref, contextFor(http, { depth, setting, endpoint: () => `${hub.url}/` }));
  }
  async function found(location: Location | string, more: More = {}): Promise<Found> {
    const resolution = await resolved(location, more);
    if (resolution.status !== "found") throw new Error(JSON.stringify(resolution));
    return resolution;
  }
  return {
    hub,
    resolved,
    found,
    listed: async (location, more) => objectsOf(await found(location, more)),
    async close() {
      await usual.close();
      await hub.close();
    },
  };
}

/** All that a location lists. */
export async function objectsOf({ objects }: Found): Promise<Objects> {
  if (objects === undefined) throw new Error("nothing is listed");
  return collect(objects);
}

/** Their paths, and the reasons of what has none. */
export function pathsOf(objects: Objects): readonly string[] {
  return objects.map((object) => ("path" in object ? object.path : object.reason));
}
