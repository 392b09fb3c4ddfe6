import type { StudyProtocol } from "./study-protocol";

export type Status = "met" | "missing" | "unclear" | "not-applicable";

/** What a rule found, and why, in words. */
export type Verdict = { readonly status: Status; readonly found: string };

/** Judges one item from the fields of a protocol. Pure: the same protocol gives the same verdict. */
export type Rule = (protocol: StudyProtocol) => Verdict;

/** A field by its path, as `risks.benefits`. */
export type FieldPath = {
  [Section in keyof StudyProtocol & string]: NonNullable<StudyProtocol[Section]> extends infer Value
    ? Value extends string
      ? Section
      : Value extends object
        ? `${Section}.${keyof Value & string}`
        : never
    : never;
}[keyof StudyProtocol & string];

/** Fewer words than this name a topic without describing it. */
const WORDS_MIN = 4;
const PLACEHOLDER =
  /^(tbd|tba|tbc|todo|n\/?a|none|not applicable|to be (determined|decided|added|confirmed)|pending|\?+|-+|\.+|x+)\W*$/i;

/** A text that says something: `missing` when absent, `unclear` when it is a placeholder or only a word or two. */
export function described(path: FieldPath, wordsMin = WORDS_MIN): Rule {
  return (protocol) => {
    const value = fieldOf(protocol, path);
    if (typeof value !== "string" || value.trim() === "") return missing(`${path} is not stated`);
    if (PLACEHOLDER.test(value.trim())) return unclear(`${path} holds only "${value.trim()}"`);
    const words = value.trim().split(/\s+/).length;
    if (words < wordsMin) return unclear(`${path} has ${words} word(s), too few to describe it`);
    return met(`${path} describes it`);
  };
}

/** A text of which the presence is enough, as a name or an identifier. */
export function named(path: FieldPath): Rule {
  return described(path, 1);
}

/** A list with at least `atLeast` entries that are not placeholders. */
export function listed(path: FieldPath, atLeast = 1): Rule {
  return (protocol) => {
    const value = fieldOf(protocol, path);
    if (!Array.isArray(value) || value.length === 0) return missing(`${path} lists nothing`);
    const real = value.filter((entry) => !PLACEHOLDER.test(String(entry).trim()));
    if (real.length < atLeast) return unclear(`${path} lists ${real.length} of at least ${atLeast}`);
    return met(`${path} lists ${real.length}`);
  };
}

/** A number or a choice of which any value will do. */
export function stated(path: FieldPath): Rule {
  return (protocol) => {
    const value = fieldOf(protocol, path);
    return value === undefined ? missing(`${path} is not stated`) : met(`${path} is ${String(value)}`);
  };
}

/** A list that contains one entry. */
export function includes(path: FieldPath, entry: string): Rule {
  return (protocol) => {
    const value = fieldOf(protocol, path);
    if (!Array.isArray(value)) return missing(`${path} is not stated`);
    return value.includes(entry) ? met(`${path} includes ${entry}`) : missing(`${path} leaves out ${entry}`);
  };
}

/** Every rule must be met: all missing is missing, and a part that is met makes the rest `unclear`. Parts that do not apply are left aside. */
export function all(...rules: readonly Rule[]): Rule {
  return (protocol) => {
    const verdicts = rules.map((rule) => rule(protocol)).filter(({ status }) => status !== "not-applicable");
    if (verdicts.length === 0) return { status: "not-applicable", found: "no part of it applies" };
    const open = verdicts.filter(({ status }) => status !== "met");
    if (open.length === 0) return met(join(verdicts));
    return verdicts.every(({ status }) => status === "missing") ? missing(join(open)) : unclear(join(open));
  };
}

/** One rule that is met will do; otherwise the best of them. For rules that always apply. */
export function any(...rules: readonly Rule[]): Rule {
  return (protocol) => {
    const verdicts = rules.map((rule) => rule(protocol));
    const found =
      verdicts.find(({ status }) => status === "met") ?? verdicts.find(({ status }) => status === "unclear");
    return found ?? missing(join(verdicts));
  };
}

/** Whether something applies to a protocol: null while the protocol does not say. */
export type Condition = {
  readonly holds: (protocol: StudyProtocol) => boolean | null;
  /** The field that decides, for the one who has to fill it in. */
  readonly path: string;
  /** What it means that the condition does not hold. */
  readonly otherwise: string;
};

/** A condition on the value of one field. */
export function whereField(
  path: FieldPath,
  holds: (value: unknown) => boolean,
  otherwise: string,
): Condition {
  return {
    path,
    otherwise,
    holds: (protocol) => {
      const value = fieldOf(protocol, path);
      return value === undefined ? null : holds(value);
    },
  };
}

/** Holds when one of two holds; does not when neither does; is unknown otherwise. */
export function either(one: Condition, other: Condition): Condition {
  return {
    path: `${one.path} or ${other.path}`,
    otherwise: `${one.otherwise}, and ${other.otherwise}`,
    holds: (protocol) => {
      const answers = [one.holds(protocol), other.holds(protocol)];
      if (answers.includes(true)) return true;
      return answers.includes(null) ? null : false;
    },
  };
}

/** The rule where the condition holds, `not-applicable` where it does not, and `unclear` where the protocol does not say. */
export function when(condition: Condition, rule: Rule): Rule {
  return (protocol) => {
    const holds = condition.holds(protocol);
    if (holds === null) return unclear(`${condition.path} is not stated, so whether this applies is unknown`);
    return holds ? rule(protocol) : { status: "not-applicable", found: condition.otherwise };
  };
}

function fieldOf(protocol: StudyProtocol, path: FieldPath): unknown {
  const [section = "", field] = path.split(".");
  const value = (protocol as Record<string, unknown>)[section];
  return field === undefined ? value : (value as Record<string, unknown> | undefined)?.[field];
}

function join(verdicts: readonly Verdict[]): string {
  return verdicts.map(({ found }) => found).join("; ");
}

function met(found: string): Verdict {
  return { status: "met", found };
}

function missing(found: string): Verdict {
  return { status: "missing", found };
}

function unclear(found: string): Verdict {
  return { status: "unclear", found };
}
