/** The JSON Schemas that ship in `schema/`, made from the schemas that the program itself reads with. */
import * as z from "zod";
import { Diff } from "./diff-schema.ts";
import { Manifest } from "./manifest-schema.ts";
import { Report } from "./report-schema.ts";

/** Keys that are left to whoever writes a manifest. */
const OWN_KEYS = { "^x-": true } as const;

/** Every file of `schema/` by its name. `npm run schema` writes them, and a test fails when they are stale. */
export function jsonSchemas(): { readonly [file: string]: z.core.JSONSchema.BaseSchema } {
  return {
    "diff.schema.json": titled(z.toJSONSchema(Diff, { target: "draft-2020-12", io: "input" }), "wholesource diff", {}),
    "manifest.schema.json": manifestSchema(),
    "report.schema.json": reportSchema(),
  };
}

function manifestSchema(): z.core.JSONSchema.BaseSchema {
  const schema = z.toJSONSchema(Manifest, {
    target: "draft-2020-12",
    io: "input",
    override: ({ jsonSchema }) => {
      // A map with named keys may also carry keys of its writer's own; one without takes any key already.
      if (jsonSchema.properties !== undefined) jsonSchema.patternProperties = OWN_KEYS;
    },
  });
  return titled(schema, "wholesource manifest", {
    $schema: { type: "string", description: "The schema that an editor checks with; not read." },
  });
}

function reportSchema(): z.core.JSONSchema.BaseSchema {
  return titled(z.toJSONSchema(Report, { target: "draft-2020-12", io: "input" }), "wholesource report", {});
}

function titled(
  schema: z.core.JSONSchema.BaseSchema,
  title: string,
  more: { readonly [key: string]: z.core.JSONSchema.BaseSchema },
): z.core.JSONSchema.BaseSchema {
  const { $schema, description, properties, ...rest } = schema;
  return {
    ...($schema === undefined ? {} : { $schema }),
    title,
    ...(description === undefined ? {} : { description }),
    ...rest,
    properties: { ...more, ...properties },
  };
}
