import "server-only";
import { Ajv2020 } from "ajv/dist/2020.js";

export type Remark = { pointer: string; message: string };

/** Larger ones belong behind a URL; forms and agents read the whole of it. */
const SCHEMA_BYTES_MAX = 32 * 1024;
const DIALECT = "https://json-schema.org/draft/2020-12/schema";

/** Only ever checks schemas against their own dialect: a stranger's schema is never compiled into code here. */
const dialect = new Ajv2020({ strict: false, allErrors: false, validateFormats: false, logger: false });

/**
 * What is wrong with a JSON Schema (draft 2020-12) for a service; empty when nothing is.
 *
 * @param pointer where the schema sits in the body, for the remarks
 */
export function checkJsonSchema(schema: Record<string, unknown>, pointer: string): Remark[] {
  if (Buffer.byteLength(JSON.stringify(schema)) > SCHEMA_BYTES_MAX)
    return [{ pointer, message: `A schema may have at most ${SCHEMA_BYTES_MAX} bytes.` }];
  if (schema.$schema !== undefined && schema.$schema !== DIALECT)
    return [{ pointer: `${pointer}/$schema`, message: `Only ${DIALECT} is understood.` }];
  if (!dialect.validateSchema({ ...schema, $schema: DIALECT })) {
    const error = dialect.errors?.[0];
    return [
      {
        pointer: pointer + (error?.instancePath ?? ""),
        message: `Not JSON Schema: ${error?.message ?? "?"}.`,
      },
    ];
  }
  if (schema.type !== "object")
    return [{ pointer: `${pointer}/type`, message: 'The top level must have type "object".' }];
  return outsideReferences(schema, pointer);
}

/** A reference that leaves the document would make every reader fetch a stranger's address. */
function outsideReferences(value: unknown, pointer: string): Remark[] {
  if (value === null || typeof value !== "object") return [];
  return Object.entries(value).flatMap(([key, child]) => {
    const at = `${pointer}/${key.replaceAll("~", "~0").replaceAll("/", "~1")}`;
    const leaves =
      (key === "$ref" || key === "$dynamicRef") && typeof child === "string" && !child.startsWith("#");
    return leaves
      ? [{ pointer: at, message: "Refer only within the schema: #…" }]
      : outsideReferences(child, at);
  });
}
