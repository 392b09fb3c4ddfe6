"use client";
import { useId, useState } from "react";
import { inputStyle } from "@/components/ui/input";

type Props = { label: string; digest: string };

/** Compares a body that the reader has with its digest (RFC 9530), here in the browser: the bytes go nowhere. */
export function DigestCheck({ label, digest }: Props) {
  const id = useId();
  const [verdict, setVerdict] = useState<"same" | "different" | null>(null);

  async function compare(text: string) {
    if (text === "") return setVerdict(null);
    const hash = await crypto.subtle.digest("SHA-256", new TextEncoder().encode(text));
    const base64 = btoa(String.fromCharCode(...new Uint8Array(hash)));
    setVerdict(digest === `sha-256=:${base64}:` ? "same" : "different");
  }

  return (
    <div>
      <p className="font-medium text-sm">{label}</p>
      <p className="break-all font-mono text-soft text-xs">{digest || "no digest"}</p>
      {digest ? (
        <details className="mt-1">
          <summary className="text-faint text-xs">Compare with what you have</summary>
          <label htmlFor={id} className="mt-2 mb-1 block text-xs">
            Paste it exactly, byte for byte
          </label>
          <textarea
            id={id}
            rows={3}
            spellCheck={false}
            className={`${inputStyle} h-auto py-2 font-mono text-xs`}
            onChange={(event) => void compare(event.target.value)}
          />
          <p role="status" className="min-h-4 text-xs">
            {verdict === "same" ? (
              <span className="text-flow-strong">This is it: the digests are the same.</span>
            ) : null}
            {verdict === "different" ? <span className="text-stop">These are other bytes.</span> : null}
          </p>
        </details>
      ) : null}
    </div>
  );
}
