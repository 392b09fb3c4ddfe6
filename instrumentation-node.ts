// The settings are checked when the process starts, so that a wrong one fails the start and not a visitor's request.
import "@/lib/env";
import { logAnswers } from "@/lib/http/log-answers";
import { tracingWanted } from "@/lib/tracing/tracing-wanted";

// Where no server of ours stands in front (Vercel); behind ours it has been started, and this does nothing.
if (tracingWanted()) (await import("@/lib/tracing/start-tracing")).startTracing();
logAnswers();
