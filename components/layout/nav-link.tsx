"use client";
import Link from "next/link";
import { usePathname } from "next/navigation";
import type { ReactNode } from "react";
import { cn } from "@/components/ui/cn";

type Props = {
  href: string;
  under: readonly string[];
  className?: string;
  onClick?: () => void;
  children: ReactNode;
};

/** A link of the main navigation that knows whether the reader is there, or below. The current runs under where you are. */
export function NavLink({ href, under, className, onClick, children }: Props) {
  const path = usePathname();
  const here = path === href || under.some((prefix) => path.startsWith(prefix));
  return (
    <Link
      href={href}
      aria-current={here ? "page" : undefined}
      {...(onClick ? { onClick } : {})}
      className={cn(
        "rounded-md px-2.5 py-1.5 font-medium text-sm text-soft hover:bg-sunken hover:text-ink aria-[current]:text-ink",
        className,
      )}
    >
      {children}
    </Link>
  );
}
