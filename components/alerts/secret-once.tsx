"use client";
import { CopyButton } from "@/components/ui/copy-button";
import { Notice } from "@/components/ui/notice";

/** A webhook's secret, the only time that anybody sees it. */
export function SecretOnce({ secret }: { secret: string | null }) {
  if (secret === null)
    return (
      <Notice tone="warn" title="The webhook exists; its secret was already shown">
        Rotate the secret to get one that you can copy.
      </Notice>
    );
  return (
    <div className="grid gap-3">
      <Notice tone="good" title="Copy the secret now">
        It signs every message, and is not shown again.
      </Notice>
      <div className="flex items-center gap-2 rounded-lg bg-sunken py-2 pr-2 pl-3">
        <code data-testid="webhook-secret" className="min-w-0 flex-1 break-all text-sm">
          {secret}
        </code>
        <CopyButton text={secret} label="Copy the secret" />
      </div>
    </div>
  );
}
