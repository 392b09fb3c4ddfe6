import { Badge } from "@/components/ui/badge";
import { Preformatted } from "@/components/ui/preformatted";
import type { Exchange } from "./wire";

/** What went over the wire, step by step, readable for people and exact for those who build a client. */
export function WireSteps({ steps }: { steps: readonly Exchange[] }) {
  return (
    <ol aria-label="On the wire" className="grid grid-cols-1 gap-3">
      {steps.map((step, index) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: steps are only ever appended
        <li key={index} className="rounded-lg border border-line bg-card">
          <details className="group">
            <summary className="flex items-center gap-3 px-4 py-3 text-sm">
              <span className="grid size-6 shrink-0 place-items-center rounded-full bg-sunken font-medium text-xs">
                {index + 1}
              </span>
              <span className="min-w-0 flex-1 font-medium">{step.title}</span>
              <Badge tone={toneOf(step.response.status)}>{step.response.status}</Badge>
            </summary>
            <div className="grid grid-cols-1 gap-3 border-line border-t px-4 py-3">
              <Block title="Request" text={requestText(step)} />
              <Block title="Answer" text={responseText(step)} />
              {step.decoded.map(({ title, value }) => (
                <Block key={title} title={title} text={pretty(value)} />
              ))}
            </div>
          </details>
        </li>
      ))}
    </ol>
  );
}

function toneOf(status: number): "flow" | "warn" | "stop" {
  return status < 300 ? "flow" : status === 402 || status === 429 ? "warn" : "stop";
}

function Block({ title, text }: { title: string; text: string }) {
  return (
    <div className="min-w-0">
      <h4 className="mb-1 text-faint text-xs">{title}</h4>
      <Preformatted label={title} text={text} className="max-h-72" />
    </div>
  );
}

function requestText({ request }: Exchange): string {
  const lines = [`${request.method} ${request.url}`, ...headerLines(request.headers)];
  return request.body ? `${lines.join("\n")}\n\n${prettyJson(request.body)}` : lines.join("\n");
}

function responseText({ response }: Exchange): string {
  return [`HTTP ${response.status}`, ...headerLines(response.headers), "", prettyJson(response.body)].join(
    "\n",
  );
}

const HEADER_SHOWN = 160;

function headerLines(headers: Record<string, string>): string[] {
  return Object.entries(headers).map(([name, value]) =>
    value.length > HEADER_SHOWN
      ? `${name}: ${value.slice(0, HEADER_SHOWN)}… (${value.length} characters)`
      : `${name}: ${value}`,
  );
}

function prettyJson(text: string): string {
  try {
    return pretty(JSON.parse(text));
  } catch {
    return text;
  }
}

function pretty(value: unknown): string {
  return JSON.stringify(value, (_key, part) => (typeof part === "bigint" ? part.toString() : part), 2);
}
