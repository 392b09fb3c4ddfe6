import "server-only";
import { ProblemError } from "@/lib/errors";
import { parseInput } from "@/lib/http/parse-input";
import type { Remark } from "./check-json-schema";
import { checkService } from "./check-service";
import { type ServiceInput, serviceInput } from "./provider-input";

export type Validation = { valid: boolean; errors: Remark[]; warnings: Remark[] };

/** Judges a service as registration would, and adds what would make it better. Stores nothing (S4.4). */
export function validateService(service: Record<string, unknown>): Validation {
  const parsed = parseService(service);
  if ("errors" in parsed) return { valid: false, errors: parsed.errors, warnings: [] };
  const errors = checkService(parsed.service, "/service");
  return { valid: errors.length === 0, errors, warnings: warnings(parsed.service) };
}

function parseService(service: Record<string, unknown>): { service: ServiceInput } | { errors: Remark[] } {
  try {
    return { service: parseInput("body", serviceInput, service) };
  } catch (error) {
    if (!(error instanceof ProblemError)) throw error;
    const errors = error.options.extensions?.errors as Remark[]; // parseInput's own member
    return {
      errors: errors.map((remark) => ({ ...remark, pointer: remark.pointer.replace(/^\/body/, "/service") })),
    };
  }
}

function warnings({ description, inputSchema, outputSchema, example }: ServiceInput): Remark[] {
  const fields = inputSchema.properties;
  const undescribed =
    typeof fields === "object" && fields !== null
      ? Object.entries(fields).filter(
          ([, field]) => !field || typeof field !== "object" || !("description" in field),
        )
      : [];
  return [
    ...(description ? [] : [{ pointer: "/service/description", message: "People and agents choose by it." }]),
    ...(outputSchema
      ? []
      : [{ pointer: "/service/outputSchema", message: "Callers cannot plan for the answer." }]),
    ...(example ? [] : [{ pointer: "/service/example", message: "A form cannot be filled with one click." }]),
    ...(inputSchema.additionalProperties === false
      ? []
      : [
          {
            pointer: "/service/inputSchema/additionalProperties",
            message: "Unknown fields pass unseen unless false.",
          },
        ]),
    ...undescribed.map(([name]) => ({
      pointer: `/service/inputSchema/properties/${name}/description`,
      message: "Say what the field means, with its unit.",
    })),
  ];
}
