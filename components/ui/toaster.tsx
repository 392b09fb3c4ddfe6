"use client";
import { Toaster as Sonner } from "sonner";

/** Where `toast(…)` appears. Toasts only repeat what the page shows as well. */
export function Toaster() {
  return (
    <Sonner
      position="top-right"
      offset={{ top: 96, right: 16 }}
      mobileOffset={{ top: 64 }}
      theme="system"
      style={{ fontFamily: "inherit" }}
      toastOptions={{
        unstyled: true,
        classNames: {
          toast:
            "flex w-full items-start gap-3 rounded-lg border border-line bg-card p-4 text-sm text-ink shadow-over",
          title: "font-medium",
          description: "text-soft",
          error: "border-stop/50",
        },
      }}
    />
  );
}
