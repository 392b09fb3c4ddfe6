import { expect, test } from "vitest";
import { promptBody, readAnswer } from "./read-answer";

test.each([
  ['{"choices":[{"message":{"role":"assistant","content":"Hello."}}]}', "Hello."],
  ['{"model":"m","output":"Hello.","usage":null}', "Hello."],
  ['{"response":"Hello."}', "Hello."],
  ['{"answer":"Hello."}', "Hello."],
  ['{"text":"Hello."}', "Hello."],
  ['{"letters":3}', '{"letters":3}'],
  ["plain words", "plain words"],
])("of %s the words are %s", (body, words) => {
  expect(readAnswer(body)).toBe(words);
});

test("a prompt is asked in the language of the service, with the model that is priced", () => {
  expect(promptBody("inference", "Hi", "m")).toBe('{"model":"m","prompt":"Hi"}');
  expect(promptBody("inference", "Hi", null)).toBe('{"prompt":"Hi"}');
  expect(promptBody("chat", "Hi", "m")).toBe('{"model":"m","messages":[{"role":"user","content":"Hi"}]}');
});
