import { expect, test } from "vitest";
import { lightRequest, toResponse } from "./light-message";

const post = (body: BodyInit, headers: HeadersInit = {}) =>
  lightRequest(
    new Request("http://localhost:3000/", { method: "POST", body, headers, duplex: "half" } as RequestInit),
  );
const endless = () => new ReadableStream({ pull: (parts) => parts.enqueue(new Uint8Array(4)) });

test("given a body of as many bytes as it may have, it is read whole; without a body, it is empty", async () => {
  expect(await post("12345678").readBody(8)).toEqual(Buffer.from("12345678"));
  expect(await lightRequest(new Request("http://localhost:3000/")).readBody(8)).toEqual(new Uint8Array(0));
});

test("given a body that goes on beyond the most that is read, reading stops there", async () => {
  expect(await post(endless()).readBody(8)).toBeNull();
});

test("given a length that is too large, nothing of the body is waited for", async () => {
  const silent = new ReadableStream({ pull: () => new Promise(() => {}) });
  expect(await post(silent, { "Content-Length": "9" }).readBody(8)).toBeNull();
});

test("given a status that forbids a body, a whole answer becomes a response without one", async () => {
  const body = Buffer.from("text");
  expect(await toResponse({ status: 204, headers: {}, body }).text()).toBe("");
  const whole = toResponse({ status: 200, headers: { "X-A": "1" }, body });
  expect([whole.status, whole.headers.get("x-a"), await whole.text()]).toEqual([200, "1", "text"]);
});
