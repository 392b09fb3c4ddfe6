"use client";
import Link from "next/link";
import { usePathname } from "next/navigation";
import type { ReactNode } from "react";
import { cn } from "@/components/ui/cn";

type Props = { href: string; under: string[]; children: ReactNode };

/** A link of the main navigation that knows whether the reader is there, or below. */
export function NavLink({ href, under, children }: Props) {
  const path = usePathname();
  const here = path === href || under.some((prefix) => path.startsWith(prefix));
  return (
    <Link
      href={href}
      aria-current={here ? "page" : undefined}
      className={cn(
        "rounded-md px-2.5 py-1.5 font-medium text-sm text-soft hover:bg-sunken hover:text-ink",
        here && "bg-sunken text-ink",
      )}
    >
      {children}
    </Link>
  );
}
