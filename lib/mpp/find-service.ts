import { ProblemError } from "@/lib/errors";
import type { Door, DoorService } from "./door-types";

const PARAMETER = /^\{[A-Za-z][A-Za-z0-9]*\}$/;
/** A value that is one path segment to every parser, and never `.` or `..`. */
const SEGMENT = /^(?!\.{1,2}$)[A-Za-z0-9._~-]{1,128}$/;

/** `path` is rebuilt from the listing, never copied from the caller. */
export type ServiceMatch = { service: DoorService; path: string };

/**
 * The listed service behind a method and path. Only listed ones can be called.
 *
 * @throws ProblemError `service-not-found`, or `method-not-allowed` with `allow` when the path has other methods
 */
export function findService(door: Door, method: string, path: string): ServiceMatch {
  const matches = door.services.flatMap((service) => {
    const rebuilt = matchPath(service.path, path);
    return rebuilt === null ? [] : [{ service, path: rebuilt }];
  });
  const match = matches.find(({ service }) => service.method === method);
  if (match) return match;

  const allow = [...new Set(matches.map(({ service }) => service.method))];
  if (allow.length > 0)
    throw new ProblemError("method-not-allowed", `Use ${allow.join(" or ")} here.`, {
      extensions: { allow },
    });
  throw new ProblemError("service-not-found", `${door.provider.name} lists no service at this path.`);
}

function matchPath(listed: string, asked: string): string | null {
  const template = listed.split("/");
  const segments = asked.split("/");
  if (template.length !== segments.length) return null;

  const rebuilt = template.map((part, index) => {
    const segment = segments[index] ?? "";
    if (!PARAMETER.test(part)) return part === segment ? part : null;
    return SEGMENT.test(segment) ? segment : null;
  });
  return rebuilt.includes(null) ? null : rebuilt.join("/");
}
