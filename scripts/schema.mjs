/** Writes schema/*.json from src/model: `npm run schema`. Node 20 reads no TypeScript, so the source is bundled first. */
import { mkdirSync, writeFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { rolldown } from "rolldown";

const root = resolve(import.meta.dirname, "..");
const build = await rolldown({ input: join(root, "src/model/json-schema.ts"), cwd: root, platform: "node" });
const { output } = await build.generate({ format: "esm", codeSplitting: false });
await build.close();
const { jsonSchemas } = await import(`data:text/javascript,${encodeURIComponent(output[0].code)}`);

const folder = join(root, "schema");
mkdirSync(folder, { recursive: true });
for (const [file, schema] of Object.entries(jsonSchemas())) {
  writeFileSync(join(folder, file), `${JSON.stringify(schema, null, 2)}\n`);
}
