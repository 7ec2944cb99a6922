/**
 * Releases like well-known ones, small, at servers on this machine that answer as theirs do: weights and datasets at a
 * hub, code in git behind nginx, papers at a web server. From what is publicly known of them, and with bytes of our own.
 */
import { mkdir, mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { spdxText } from "../license/spdx-texts.ts";
import { startWebServer, type WebServer } from "../resolve/web-server.ts";
import { commitAll, createRepository, type GitServer, startGitServer } from "../services/git.ts";
import { type Hub, type HubRepo, startHub } from "../services/hub.ts";
import { apache, entry, type PieceText, safetensors, write } from "./release.ts";

type Files = { readonly [path: string]: string | Uint8Array };

const mit = spdxText("MIT").replace("<year>", "2022").replace("<copyright holders>", "The Authors");
const odcBy = spdxText("ODC-By-1.0");
const ccBy = spdxText("CC-BY-4.0");
const paper = "%PDF-1.7\n1 0 obj\n<< /Type /Catalog >>\nendobj\ntrailer\n<< /Root 1 0 R >>\n%%EOF\n";
const card = (front: string, body: string): string => `---\n${front}---\n${body}`;
const rows = (word: string): string => `{"id": 1, "text": "${word}"}\n{"id": 2, "text": "more of ${word}"}\n`;

/** Repositories at the hub, by id; the key of `refs` is a checkpoint's branch. */
const repos: readonly (HubRepo & { readonly files: Files })[] = [
  {
    id: "olmo-like/model",
    cardData: { license: "apache-2.0", datasets: ["olmo-like/mix", "olmo-like/late-mix"] },
    files: {
      "README.md": card(
        "license: apache-2.0\ndatasets:\n- olmo-like/mix\n- olmo-like/late-mix\n",
        "# Model\n\nText.\n",
      ),
      LICENSE: apache,
      "config.json": '{"hidden_size": 2}\n',
      "tokenizer.json": '{"version": "1.0"}\n',
      "model.safetensors": safetensors(1),
    },
    refs: { "stage1-step1000": { LICENSE: apache, "model.safetensors": safetensors(2) } },
  },
  ...["mix", "late-mix", "evaluation"].map((name) => ({
    id: `olmo-like/${name}`,
    type: "dataset" as const,
    cardData: { license: "odc-by" },
    files: {
      "README.md": card("license: odc-by\n", "# Data\n\n## Source Data\n\nPages of the web.\n"),
      LICENSE: odcBy,
      "train.jsonl": rows(name),
    },
  })),
  {
    id: "pythia-like/model",
    cardData: { license: "apache-2.0" },
    files: {
      "README.md": card("license: apache-2.0\n", "# Model\n\nText.\n"),
      LICENSE: apache,
      "config.json": '{"hidden_size": 2}\n',
      "tokenizer.json": '{"version": "1.0"}\n',
      "model.safetensors": safetensors(3),
    },
    refs: { step1000: { LICENSE: apache, "model.safetensors": safetensors(4) } },
  },
  {
    id: "llama-like/model",
    gated: "manual",
    cardData: { license: "llama3.1" },
    files: { "config.json": '{"hidden_size": 2}\n', "model.safetensors": safetensors(5) },
  },
  {
    id: "mistral-like/model",
    cardData: { license: "apache-2.0" },
    files: {
      "README.md": card("license: apache-2.0\n", "# Model\n\nText.\n"),
      LICENSE: apache,
      "config.json": '{"hidden_size": 2}\n',
      "tokenizer.json": '{"version": "1.0"}\n',
      "model.safetensors": safetensors(6),
    },
  },
];

const code = (license: string): Files => ({ LICENSE: license, "main.py": "print(1)\n", "model.py": "width = 2\n" });

/** Repositories of code, by name. */
const repositories = (web: string): { readonly [name: string]: Files } => ({
  "olmo-like-core": code(apache),
  "olmo-like-data": code(apache),
  "olmo-like-eval": { ...code(apache), "results.json": "{}\n" },
  "pythia-like-train": code(apache),
  "pythia-like-data": {
    ...code(mit),
  },
  "pythia-like-eval": code(mit),
  "pythia-like-results": { LICENSE: apache, "results.json": '{"task": 0.5}\n' },
  "pythia-like-sheet": {
    LICENSE: ccBy,
    "DATASHEET.md": [
      "# Datasheet",
      "## Motivation",
      "To train language models on many kinds of text.",
      "## Composition",
      "22 parts.",
      "## Collection Process",
      "### Data sources",
      `- [encyclopedia](${web}/encyclopedia)`,
      `- [books](${web}/books.tar), which were taken down`,
      "## Preprocessing/cleaning/labeling",
      "Near copies were removed.",
      "## Distribution",
    ].join("\n"),
  },
  "llama-like-models": {
    "main.py": "print(1)\n",
    "USE_POLICY.md": "# Uses that are not allowed\n\nNone that harm anybody.\n",
    "MODEL_CARD.md":
      "# Model card\n\n## Training Data\n\nPublic text, up to the end of 2023.\n\n## Benchmarks\n\n0.5\n",
  },
  "mistral-like-inference": code(apache),
});

/** Everything that the releases are made of. */
export interface ReleaseWorld {
  readonly hub: Hub;
  readonly git: GitServer;
  readonly web: WebServer;
  /** An empty folder that goes with the world. */
  at(name: string): Promise<string>;
  readonly releases: { readonly [name: string]: readonly PieceText[] };
  close(): Promise<void>;
}

/** Starts the servers and says what each release declares. */
export async function startReleases(): Promise<ReleaseWorld> {
  const hub = await startHub(repos);
  const web = await startWebServer((request, response) => {
    const isPaper = request.url === "/paper.pdf";
    const isThere = isPaper || request.url === "/encyclopedia";
    response.writeHead(isThere ? 200 : 404, { "content-type": isPaper ? "application/pdf" : "text/html" });
    response.end(isPaper && request.method !== "HEAD" ? paper : "");
  });
  const git = await startGitServer();
  const folder = await mkdtemp(join(tmpdir(), "wholesource-releases-"));
  const commits = new Map<string, string>();
  const contents = repositories(web.url);
  for (const [name, files] of Object.entries(contents)) {
    const work = createRepository(join(folder, name));
    for (const [path, bytes] of Object.entries(files)) await write(work, path, bytes);
    commits.set(name, commitAll(work));
    git.publish(work, `${name}.git`);
  }
  const declared = (files: Files, paths: readonly string[]) => paths.map((path) => entry(path, files[path] ?? ""));
  const atHub = (id: string, paths: readonly string[], branch = "main") => {
    const repo = repos.find((one) => one.id === id);
    const files = branch === "main" ? repo?.files : repo?.refs?.[branch];
    const kind = repo?.type === "dataset" ? "datasets/" : "";
    return {
      locations: [`hf:${kind}${id}@${hub.commit(id, branch)}`],
      files: declared((files ?? {}) as Files, paths),
    };
  };
  const inGit = (name: string, paths: readonly string[]) => ({
    locations: [{ uri: `git+${git.at.url}/${name}.git`, revision: commits.get(name) }],
    files: declared(contents[name] ?? {}, paths),
  });
  const atWeb = { locations: [`${web.url}/paper.pdf`], files: [entry("paper.pdf", paper)] };
  const of = (kind: string, licenseDeclared: string, where: object, more: object = {}): PieceText => {
    return { id: kind, kind, licenseDeclared, ...where, ...more };
  };
  const main = ["LICENSE", "main.py"];
  const [whole, tokenizer, config] = [
    ["LICENSE", "config.json", "model.safetensors"],
    ["LICENSE", "tokenizer.json"],
    ["LICENSE", "config.json"],
  ];
  const data = ["LICENSE", "README.md", "train.jsonl"];
  const releases = {
    "OLMo-like": [
      of("dataset", "ODC-By-1.0", atHub("olmo-like/mix", data), { id: "pretraining-mix" }),
      of("dataset", "ODC-By-1.0", atHub("olmo-like/late-mix", data), { id: "mid-training-mix" }),
      of("evaluation-data", "ODC-By-1.0", atHub("olmo-like/evaluation", data)),
      of("data-preprocessing-code", "Apache-2.0", inGit("olmo-like-data", main)),
      of("training-code", "Apache-2.0", inGit("olmo-like-core", main)),
      of("inference-code", "Apache-2.0", inGit("olmo-like-core", main)),
      of("evaluation-code", "Apache-2.0", inGit("olmo-like-eval", main)),
      of("model-architecture", "Apache-2.0", inGit("olmo-like-core", ["LICENSE", "model.py"])),
      of("weights", "Apache-2.0", atHub("olmo-like/model", whole)),
      of(
        "intermediate-weights",
        "Apache-2.0",
        atHub("olmo-like/model", ["LICENSE", "model.safetensors"], "stage1-step1000"),
      ),
      of("tokenizer", "Apache-2.0", atHub("olmo-like/model", tokenizer)),
      of("configuration", "Apache-2.0", atHub("olmo-like/model", config)),
      of("model-card", "Apache-2.0", atHub("olmo-like/model", ["LICENSE", "README.md"])),
      of("data-card", "ODC-By-1.0", atHub("olmo-like/mix", ["LICENSE", "README.md"])),
      of("research-paper", "CC-BY-4.0", atWeb),
    ],
    "Pythia-like": [
      of("dataset", "NOASSERTION", { locations: [`${web.url}/pile.jsonl.zst`] }),
      of("data-preprocessing-code", "MIT", inGit("pythia-like-data", main)),
      of("training-code", "Apache-2.0", inGit("pythia-like-train", main)),
      of("inference-code", "Apache-2.0", inGit("pythia-like-train", main)),
      of("evaluation-code", "MIT", inGit("pythia-like-eval", main)),
      of("model-architecture", "Apache-2.0", inGit("pythia-like-train", ["LICENSE", "model.py"])),
      of("weights", "Apache-2.0", atHub("pythia-like/model", whole)),
      of(
        "intermediate-weights",
        "Apache-2.0",
        atHub("pythia-like/model", ["LICENSE", "model.safetensors"], "step1000"),
      ),
      of("tokenizer", "Apache-2.0", atHub("pythia-like/model", tokenizer)),
      of("model-card", "Apache-2.0", atHub("pythia-like/model", ["LICENSE", "README.md"])),
      of("data-card", "CC-BY-4.0", inGit("pythia-like-sheet", ["LICENSE", "DATASHEET.md"])),
      of("research-paper", "CC-BY-4.0", atWeb),
      of("evaluation-results", "Apache-2.0", inGit("pythia-like-results", ["LICENSE", "results.json"])),
    ],
    "Llama-like": [
      of("dataset", "NOASSERTION", { availability: "withheld" }),
      of("inference-code", "LicenseRef-HF-llama3.1", inGit("llama-like-models", ["main.py", "USE_POLICY.md"])),
      of("weights", "LicenseRef-HF-llama3.1", atHub("llama-like/model", ["config.json", "model.safetensors"]), {
        availability: "gated",
      }),
      of("model-card", "LicenseRef-HF-llama3.1", inGit("llama-like-models", ["MODEL_CARD.md", "USE_POLICY.md"])),
      of("technical-report", "CC-BY-4.0", atWeb),
      of("license", "LicenseRef-HF-llama3.1", inGit("llama-like-models", ["USE_POLICY.md"]), { id: "use-policy" }),
    ],
    "Mistral-like": [
      of("inference-code", "Apache-2.0", inGit("mistral-like-inference", main)),
      of("weights", "Apache-2.0", atHub("mistral-like/model", whole)),
      of("model-card", "Apache-2.0", atHub("mistral-like/model", ["LICENSE", "README.md"])),
      of("research-paper", "CC-BY-SA-4.0", atWeb),
    ],
  };
  return {
    hub,
    git,
    web,
    releases,
    async at(name) {
      const place = join(folder, "manifests", name);
      await mkdir(place, { recursive: true });
      return place;
    },
    async close() {
      await Promise.all([hub.close(), git.close(), web.close()]);
      await rm(folder, { recursive: true, force: true });
    },
  };
}
