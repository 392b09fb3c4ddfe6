import { handle } from "@/lib/http/handle";
import { resumeStreamOperation } from "@/lib/http/operations/stream-change-operations";
import { serve } from "@/lib/http/serve";
import { streamJson } from "@/lib/http/stream-json";
import { resumeStream } from "@/lib/streams/resume-stream";

export const { GET, POST, PUT, PATCH, DELETE, OPTIONS } = serve(
  handle(resumeStreamOperation, async ({ actor, once, params }) =>
    streamJson(await resumeStream({ actor, ...once, ...params })),
  ),
);
