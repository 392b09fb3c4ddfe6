"use client";
import { Tabs as Radix } from "radix-ui";
import type { ComponentProps } from "react";
import { cn } from "./cn";

export const Tabs = Radix.Root;
export const TabsPanel = Radix.Content;

export function TabsList({ className, ...props }: ComponentProps<typeof Radix.List>) {
  return (
    <Radix.List className={cn("flex gap-1 overflow-x-auto border-line border-b", className)} {...props} />
  );
}

export function TabsTrigger({ className, ...props }: ComponentProps<typeof Radix.Trigger>) {
  return (
    <Radix.Trigger
      className={cn(
        "-mb-px whitespace-nowrap border-transparent border-b-2 px-3 py-2 font-medium text-sm text-soft hover:text-ink data-[state=active]:border-flow data-[state=active]:text-ink",
        className,
      )}
      {...props}
    />
  );
}
