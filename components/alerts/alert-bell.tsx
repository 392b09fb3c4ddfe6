"use client";
import { Bell } from "lucide-react";
import Link from "next/link";
import { useRouter } from "next/navigation";
import { Popover } from "radix-ui";
import { useEffect, useState } from "react";
import { Button } from "@/components/ui/button";
import { cn } from "@/components/ui/cn";
import { paths } from "@/lib/paths";
import { AlertList, type AlertListProps } from "./alert-list";
import { alertTone } from "./alert-words";

/** How often it asks whether something new stands, while somebody looks at the page. */
const EVERY_MS = 20_000;

/** In the bar on top: how many streams are about to run dry, and the click that helps each. */
export function AlertBell(props: Omit<AlertListProps, "className">) {
  const { alerts } = props;
  const [open, setOpen] = useState(false);
  useFreshAlerts(alerts.map(({ id }) => id).join(" "));
  const count = alerts.length;
  const urgent = alerts.some((alert) => alertTone(alert) === "stop");
  const words = count === 0 ? "no alerts" : count === 1 ? "1 alert" : `${count} alerts`;

  return (
    <>
      <Popover.Root open={open} onOpenChange={setOpen}>
        <Popover.Trigger asChild>
          <Button tone="quiet" size="icon" className="relative" aria-label={`Alerts: ${words}`}>
            <Bell aria-hidden />
            {count > 0 ? (
              <span
                aria-hidden
                className={cn(
                  "absolute top-0.5 right-0.5 grid h-4 min-w-4 place-items-center rounded-full px-1 font-semibold text-[10px] text-paper tabular-nums leading-none",
                  urgent ? "bg-stop" : "bg-warn",
                )}
              >
                {count > 99 ? "99+" : count}
              </span>
            ) : null}
          </Button>
        </Popover.Trigger>
        <Popover.Portal>
          <Popover.Content
            align="end"
            sideOffset={6}
            collisionPadding={12}
            aria-label="Alerts"
            className="z-40 w-[min(24rem,calc(100vw-1.5rem))] animate-appear overflow-hidden rounded-xl border border-line bg-card shadow-over"
          >
            <div className="flex items-center justify-between gap-3 border-line border-b px-4 py-2.5">
              <h2 className="font-semibold text-sm">Alerts</h2>
              <Link
                href={paths.alerts}
                onClick={() => setOpen(false)}
                className="text-soft text-xs underline underline-offset-4 hover:text-ink"
              >
                History and webhooks
              </Link>
            </div>
            {count === 0 ? (
              <p className="px-4 pt-4 text-soft text-sm">No stream of yours runs dry soon.</p>
            ) : null}
            <AlertList {...props} className="max-h-[min(26rem,70dvh)] overflow-y-auto" />
            {count === 0 ? (
              <p className="px-4 pt-1 pb-4 text-faint text-xs">
                You hear of it here 4 h, 1 h and 10 min before.
              </p>
            ) : null}
          </Popover.Content>
        </Popover.Portal>
      </Popover.Root>
      <span className="sr-only" aria-live="polite">
        {count === 0 ? "" : `${words}: ${count === 1 ? "a stream runs" : "streams run"} dry soon.`}
      </span>
    </>
  );
}

/** Loads the page's data again when other alerts stand than the ones shown. */
function useFreshAlerts(shown: string): void {
  const router = useRouter();
  useEffect(() => {
    const look = async () => {
      if (document.visibilityState !== "visible") return;
      const ids = await liveAlertIds();
      if (ids !== null && ids !== shown) router.refresh();
    };
    const timer = setInterval(() => void look(), EVERY_MS);
    document.addEventListener("visibilitychange", look);
    return () => {
      clearInterval(timer);
      document.removeEventListener("visibilitychange", look);
    };
  }, [router, shown]);
}

/** Null when there is no answer: the next look will have one. */
async function liveAlertIds(): Promise<string | null> {
  try {
    const response = await fetch(`${paths.api.alerts}?state=live&limit=100`);
    if (!response.ok) return null;
    const { items } = (await response.json()) as { items: { id: string }[] };
    return items.map(({ id }) => id).join(" ");
  } catch {
    return null;
  }
}
