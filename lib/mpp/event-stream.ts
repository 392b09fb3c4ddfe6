/**
 * Server-sent events (WHATWG HTML §9.2) read from a provider and written again line by line, so that no payload can
 * forge an event of ours: whatever bytes come in, each value goes out on lines of its own.
 */

export type ServerEvent = { event?: string; data?: string; id?: string; retry?: number };

/** Event names that only the door may use. */
const RESERVED = /^payment-/i;
/** Longest unfinished event that is held, in characters. */
const EVENT_MAX = 256 * 1024;

/** One event as text. Every line of `data` gets its own field; names and ids lose anything that ends a line. */
export function writeEvent({ event, data, id, retry }: ServerEvent): string {
  const lines: string[] = [];
  if (event) lines.push(`event: ${oneLine(event)}`);
  if (id !== undefined) lines.push(`id: ${oneLine(id)}`);
  if (retry !== undefined && Number.isSafeInteger(retry) && retry >= 0) lines.push(`retry: ${retry}`);
  if (data !== undefined) for (const line of data.split(/\r\n|\r|\n/)) lines.push(`data: ${line}`);
  return lines.length > 0 ? `${lines.join("\n")}\n\n` : "";
}

/**
 * Cuts chunks of text into events. Comments and events with a reserved name are dropped; an unfinished last event is too,
 * as a browser does.
 *
 * @throws RangeError when one event grows past 256 Ki characters
 */
export function createEventReader(): { push(chunk: string): ServerEvent[] } {
  let rest = "";
  let atStart = true;
  let current: ServerEvent & { lines: string[] } = { lines: [] };
  let size = 0;

  function push(chunk: string): ServerEvent[] {
    const events: ServerEvent[] = [];
    rest += atStart ? chunk.replace(/^\uFEFF/, "") : chunk;
    if (chunk) atStart = false;
    // A lone CR at the end may be the first half of CRLF: it waits for the next chunk.
    for (let match = /\r\n|\n|\r(?!$)/.exec(rest); match; match = /\r\n|\n|\r(?!$)/.exec(rest)) {
      const line = rest.slice(0, match.index);
      rest = rest.slice(match.index + match[0].length);
      size += line.length;
      if (line !== "") field(line);
      else {
        const event = finish();
        if (event) events.push(event);
      }
    }
    if (size + rest.length > EVENT_MAX)
      throw new RangeError(`An event is longer than ${EVENT_MAX} characters.`);
    return events;
  }

  function field(line: string): void {
    const colon = line.indexOf(":");
    if (colon === 0) return; // A comment.
    const name = colon === -1 ? line : line.slice(0, colon);
    const value = colon === -1 ? "" : line.slice(colon + 1).replace(/^ /, "");
    if (name === "data") current.lines.push(value);
    else if (name === "event") current.event = value;
    else if (name === "id" && !value.includes("\0")) current.id = value;
    else if (name === "retry" && /^\d{1,9}$/.test(value)) current.retry = Number(value);
  }

  function finish(): ServerEvent | null {
    const { lines, ...event } = current;
    current = { lines: [] };
    size = 0;
    if (event.event !== undefined && RESERVED.test(event.event)) return null;
    if (lines.length === 0) return event.id !== undefined || event.retry !== undefined ? event : null;
    return { ...event, data: lines.join("\n") };
  }

  return { push };
}

function oneLine(value: string): string {
  return value.replace(/[\r\n\0]/g, "");
}
