"use client";
import { Button } from "@/components/ui/button";
import { Empty } from "@/components/ui/empty";

type Props = { error: Error & { digest?: string }; retry: () => void };

/** Something broke on our side while a page was made. Money is not touched by showing a page. */
export default function ErrorPage({ error, retry }: Props) {
  return (
    <Empty
      title="This page did not load"
      action={
        <Button tone="flow" onClick={() => retry()}>
          Try again
        </Button>
      }
    >
      Something broke on our side. Your money was not touched.
      {error.digest ? <span className="mt-2 block font-mono text-xs">Reference {error.digest}</span> : null}
    </Empty>
  );
}
