import { z } from "zod";

const text = z.string();
const spoken = z.union([
  z
    .object({ choices: z.tuple([z.object({ message: z.object({ content: text }) })]).rest(z.unknown()) })
    .transform(({ choices }) => choices[0].message.content),
  z.object({ output: text }).transform(({ output }) => output),
  z.object({ response: text }).transform(({ response }) => response),
  z.object({ answer: text }).transform(({ answer }) => answer),
  z.object({ text }).transform((body) => body.text),
]);

/** What a service was asked for with a prompt: in the language of its kind. */
export function promptBody(slug: string, prompt: string, model: string | null): string {
  const named = model === null ? {} : { model };
  return JSON.stringify(
    slug === "chat" ? { ...named, messages: [{ role: "user", content: prompt }] } : { ...named, prompt },
  );
}

/** The words in an answer of a model, or the whole body of anything else. */
export function readAnswer(body: string): string {
  try {
    const read = spoken.safeParse(JSON.parse(body));
    return read.success ? read.data : body;
  } catch {
    return body;
  }
}
