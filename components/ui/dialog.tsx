"use client";
import { X } from "lucide-react";
import { Dialog as Radix } from "radix-ui";
import type { ReactNode } from "react";
import { cn } from "./cn";

type Props = {
  open: boolean;
  onOpenChange: (open: boolean) => void;
  title: string;
  description: ReactNode;
  children: ReactNode;
  className?: string;
};

/** A modal that keeps the focus, closes on Escape, and fills the bottom of a narrow screen. */
export function Dialog({ open, onOpenChange, title, description, children, className }: Props) {
  return (
    <Radix.Root open={open} onOpenChange={onOpenChange}>
      <Radix.Portal>
        <Radix.Overlay className="fixed inset-0 z-40 bg-black/50 backdrop-blur-[1px]" />
        <Radix.Content
          className={cn(
            "fixed inset-x-0 bottom-0 z-50 max-h-[92dvh] animate-appear overflow-y-auto rounded-t-2xl border border-line bg-card p-5 shadow-over",
            "sm:inset-x-auto sm:top-1/2 sm:bottom-auto sm:left-1/2 sm:w-[min(32rem,calc(100vw-2rem))] sm:-translate-x-1/2 sm:-translate-y-1/2 sm:rounded-2xl sm:p-6",
            className,
          )}
        >
          <Radix.Title className="pr-10 font-semibold text-lg tracking-tight">{title}</Radix.Title>
          <Radix.Description className="mt-1 text-sm text-soft">{description}</Radix.Description>
          <Radix.Close
            aria-label="Close"
            className="absolute top-4 right-4 grid size-9 place-items-center rounded-md text-soft hover:bg-sunken hover:text-ink"
          >
            <X className="size-4" aria-hidden />
          </Radix.Close>
          <div className="mt-5">{children}</div>
        </Radix.Content>
      </Radix.Portal>
    </Radix.Root>
  );
}
