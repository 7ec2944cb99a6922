import { describe, expect, test } from "vitest";
import type { Location } from "../../src/model/manifest.ts";
import { parseOciLocation } from "../../src/resolve/oci-location.ts";

describe("parse", () => {
  const digest = `sha256:${"a".repeat(64)}`;
  test.each<[string, Location, object | undefined]>([
    ["a tag", { uri: "oci://GHCR.io/a/b:v1" }, { registry: "ghcr.io", repository: "a/b", tag: "v1", path: "" }],
    ["a digest", { uri: `oci://ghcr.io/a@${digest}` }, { registry: "ghcr.io", repository: "a", digest, path: "" }],
    [
      "both",
      { uri: `oci://h:5000/a:v1@${digest}` },
      { registry: "h:5000", repository: "a", tag: "v1", digest, path: "" },
    ],
    ["nothing", { uri: "oci://ghcr.io/a" }, { registry: "ghcr.io", repository: "a", path: "" }],
    [
      "a platform",
      { uri: "oci://ghcr.io/a:v1?platform=linux/amd64" },
      { registry: "ghcr.io", repository: "a", tag: "v1", platform: "linux/amd64", path: "" },
    ],
    [
      "a tag as revision",
      { uri: "oci://ghcr.io/a", revision: "v1" },
      { registry: "ghcr.io", repository: "a", tag: "v1", namedByRevision: true, path: "" },
    ],
    [
      "a digest as revision",
      { uri: "oci://ghcr.io/a:v1", revision: digest },
      { registry: "ghcr.io", repository: "a", tag: "v1", digest, path: "" },
    ],
    ["two tags", { uri: "oci://ghcr.io/a:v1", revision: "v2" }, undefined],
    ["two digests", { uri: `oci://ghcr.io/a@${digest}`, revision: digest.replace("aa", "bb") }, undefined],
    [
      "docker's own",
      { uri: "oci://docker.io/debian:12" },
      { registry: "docker.io", repository: "library/debian", tag: "12", path: "" },
    ],
    [
      "a package URL",
      { uri: `pkg:oci/b@${digest.replace(":", "%3A")}?repository_url=ghcr.io/a/b&tag=v1&arch=amd64` },
      { registry: "ghcr.io", repository: "a/b", tag: "v1", digest, platform: "amd64", path: "" },
    ],
    [
      "a package URL whose repository_url stops before the name",
      { uri: `pkg:oci/b@${digest}?repository_url=ghcr.io` },
      { registry: "ghcr.io", repository: "b", digest, path: "" },
    ],
    ["a package URL with a qualifier nobody knows", { uri: "pkg:oci/b?repository_url=h/b&checksum=1" }, undefined],
    [
      "a model of ollama",
      { uri: "ollama:llama3.2:1b" },
      { registry: "registry.ollama.ai", repository: "library/llama3.2", tag: "1b", path: "" },
    ],
    [
      "its page",
      { uri: "https://ollama.com/library/llama3.2" },
      { registry: "registry.ollama.ai", repository: "library/llama3.2", path: "" },
    ],
    [
      "somebody's model",
      { uri: "ollama:Some/llama" },
      { registry: "registry.ollama.ai", repository: "Some/llama", path: "" },
    ],
    [
      "a page of docker's",
      { uri: "https://hub.docker.com/r/ai/gemma3/tags" },
      { registry: "docker.io", repository: "ai/gemma3", path: "" },
    ],
    [
      "a page of quay's",
      { uri: "https://quay.io/repository/a/b?tag=v1" },
      { registry: "quay.io", repository: "a/b", tag: "v1", path: "" },
    ],
    ["another page of docker's", { uri: "https://hub.docker.com/u/ai" }, undefined],
    ["another host's page", { uri: "https://ollama.com.example.org/library/a" }, undefined],
    ["capitals in a name", { uri: "oci://ghcr.io/A" }, undefined],
    ["a name that climbs", { uri: "oci://ghcr.io/a/../b" }, undefined],
    ["userinfo", { uri: "oci://u:p@ghcr.io/a" }, undefined],
    ["a short digest", { uri: "oci://ghcr.io/a@sha256:abc" }, undefined],
    ["a query nobody knows", { uri: "oci://ghcr.io/a?x=1" }, undefined],
    ["no name", { uri: "oci://ghcr.io/" }, undefined],
  ])("%s", (_, location, ref) => {
    expect(parseOciLocation(location)).toEqual(ref);
  });

  test("a name of any length is read in linear time", () => {
    const start = performance.now();
    for (const part of ["a".repeat(200_000), "a-".repeat(100_000), "a__".repeat(60_000), "-".repeat(200_000)]) {
      expect(parseOciLocation({ uri: `oci://h/${part}` })).toBeUndefined();
    }
    expect(performance.now() - start).toBeLessThan(2_000);
  });
});
