import { Ajv2020, type ErrorObject } from "ajv/dist/2020.js";
import { type InputError, InvalidInput } from "../shared/invalid-input";
import { type JsonSchema, unitOf } from "../shared/json-schema";

/** One request names at most this many mistakes; a body of 64 KiB could hold thousands. */
const MAX_ERRORS = 50;

/**
 * Compiles a schema once; the result accepts an input or throws.
 *
 * @throws InvalidInput with a pointer, a sentence and the unit for each mistake
 */
export function inputValidator(schema: JsonSchema): (input: unknown) => void {
  const ajv = new Ajv2020({ allErrors: true, strict: true, verbose: true, allowUnionTypes: true });
  const validate = ajv.compile(schema);
  return (input) => {
    if (validate(input)) return;
    const errors = withoutBranches(validate.errors ?? []);
    throw new InvalidInput(errors.slice(0, MAX_ERRORS).map(toInputError));
  };
}

/** Noise: inside a branch of `oneOf` the `oneOf` says what was expected, and a failed `then` says more than its `if`. */
function withoutBranches(errors: readonly ErrorObject[]): ErrorObject[] {
  return errors.filter(({ schemaPath, keyword }) => keyword !== "if" && !/\/oneOf\/\d+\//.test(schemaPath));
}

function toInputError(error: ErrorObject): InputError {
  const unit = unitOf(error.parentSchema as JsonSchema | undefined);
  return { ...place(error), ...(unit === null ? {} : { unit }) };
}

function place(error: ErrorObject): InputError {
  const pointer = error.instancePath;
  switch (error.keyword) {
    case "additionalProperties":
      return { pointer: child(pointer, error.params.additionalProperty), message: "is not a known field" };
    case "required":
      return missing(error);
    case "enum":
      return { pointer, message: `must be one of ${error.params.allowedValues.join(", ")}` };
    case "oneOf":
      return { pointer, message: `must have exactly one of ${alternatives(error).join(", ")}` };
    default:
      return { pointer, message: error.message ?? `breaks the rule ${error.keyword}` };
  }
}

function missing(error: ErrorObject): InputError {
  const name: string = error.params.missingProperty;
  const properties = (error.parentSchema as { properties?: Record<string, JsonSchema> } | undefined)
    ?.properties;
  const unit = unitOf(properties?.[name]);
  const pointer = child(error.instancePath, name);
  return { pointer, message: "is required", ...(unit === null ? {} : { unit }) };
}

function alternatives(error: ErrorObject): string[] {
  const branches = error.schema as { required?: string[] }[];
  return branches.flatMap(({ required }) => required ?? []);
}

function child(pointer: string, name: string): string {
  return `${pointer}/${name.replaceAll("~", "~0").replaceAll("/", "~1")}`;
}
