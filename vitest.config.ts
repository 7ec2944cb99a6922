import { dirname, join, relative, resolve } from "node:path";
import { defineConfig, type Plugin } from "vitest/config";

const root = import.meta.dirname;
const src = join(root, "src");
const inCI = process.env.CI !== undefined && process.env.CI !== "";

/** A worker is a program of its own, and Node 20 reads no TypeScript: under test the built one runs. */
const builtWorkers: Plugin = {
  name: "built-workers",
  enforce: "pre",
  transform(code, id) {
    if (!id.startsWith(src)) return undefined;
    return code.replaceAll(/(new URL\(\s*)"(\.{1,2}\/[^"]+-worker)\.ts"/g, (_whole, head: string, name: string) => {
      const built = join(root, "dist", relative(src, resolve(dirname(id), `${name}.js`)));
      return `${head}${JSON.stringify(relative(dirname(id), built))}`;
    });
  },
};

export default defineConfig({
  plugins: [builtWorkers],
  test: {
    include: ["test/**/*.test.ts"],
    globalSetup: ["test/services/build.ts"],
    reporters: inCI ? ["default", "./test/services/no-skips.ts"] : ["default"],
    testTimeout: 60_000,
    hookTimeout: 60_000,
    // Real servers, real disks and whole processes: slow on a busy machine, and two files at a time is enough.
    maxWorkers: 2,
    coverage: { include: ["src/**/*.ts"], reporter: ["text-summary", "html"] },
  },
});
