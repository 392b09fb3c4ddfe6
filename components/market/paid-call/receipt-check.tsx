"use client";
import { CircleCheck, CircleHelp, CircleX } from "lucide-react";
import { useEffect, useState } from "react";
import { cn } from "@/components/ui/cn";
import { paths } from "@/lib/paths";
import { type Verdict, verifyInBrowser } from "./verify-in-browser";

type Props = {
  receipt: Readonly<Record<string, unknown>>;
  /** The answer's body as it came; null when it came as a stream of events. */
  answer: string | null;
};

const looks = {
  true: { Icon: CircleCheck, tone: "text-flow-strong" },
  false: { Icon: CircleX, tone: "text-stop" },
  null: { Icon: CircleHelp, tone: "text-faint" },
} as const;

/** The receipt, checked here and now by this browser. Space is kept while it checks, so nothing moves. */
export function ReceiptCheck({ receipt, answer }: Props) {
  const [verdict, setVerdict] = useState<Verdict | null>(null);
  useEffect(() => {
    let stale = false;
    void verifyInBrowser(receipt, answer, paths.jwks).then((found) => stale || setVerdict(found));
    return () => {
      stale = true;
    };
  }, [receipt, answer]);

  return (
    <ul
      aria-label="Checked in this browser"
      className="grid min-h-11 gap-1 text-sm sm:min-h-5 sm:grid-cols-2"
    >
      {verdict ? (
        <>
          <Line
            good={verdict.signature}
            words={{
              true: "Receipt signed by the market",
              false: "The signature does not hold",
              null: "Signature not checked here",
            }}
          />
          {answer === null ? null : (
            <Line
              good={verdict.answer}
              words={{
                true: "Answer is what was signed",
                false: "The answer is not what was signed",
                null: "Answer not committed to",
              }}
            />
          )}
        </>
      ) : null}
    </ul>
  );
}

type Words = Record<"true" | "false" | "null", string>;

function Line({ good, words }: { good: boolean | null; words: Words }) {
  const key = String(good) as keyof Words;
  const { Icon, tone } = looks[key];
  return (
    <li className="flex items-center gap-2">
      <Icon aria-hidden className={cn("size-4 shrink-0", tone)} />
      {words[key]}
    </li>
  );
}
