"use client";
import { Menu, X } from "lucide-react";
import { Dialog } from "radix-ui";
import { useState } from "react";
import { Button } from "@/components/ui/button";
import { navItems } from "./nav-items";
import { NavLink } from "./nav-link";
import { type Theme, ThemeToggle } from "./theme-toggle";

/** The main navigation where it does not fit beside the name: a modal that keeps the focus and closes on Escape. */
export function MobileMenu({ theme }: { theme: Theme }) {
  const [open, setOpen] = useState(false);
  return (
    <Dialog.Root open={open} onOpenChange={setOpen}>
      <Dialog.Trigger asChild>
        <Button tone="quiet" size="icon" className="lg:hidden" aria-label="Menu">
          <Menu aria-hidden />
        </Button>
      </Dialog.Trigger>
      <Dialog.Portal>
        <Dialog.Overlay className="fixed inset-0 z-40 bg-black/50 lg:hidden" />
        <Dialog.Content
          aria-describedby={undefined}
          className="fixed inset-x-0 top-0 z-50 animate-appear rounded-b-2xl border-line border-b bg-card px-4 pt-3 pb-5 shadow-over lg:hidden"
        >
          <div className="flex items-center justify-between">
            <Dialog.Title className="px-2.5 font-medium text-faint text-sm">Menu</Dialog.Title>
            <div className="flex items-center gap-1">
              <ThemeToggle initial={theme} />
              <Dialog.Close asChild>
                <Button tone="quiet" size="icon" aria-label="Close the menu">
                  <X aria-hidden />
                </Button>
              </Dialog.Close>
            </div>
          </div>
          <nav aria-label="Main" className="mt-2 grid gap-0.5">
            {navItems.map(({ href, label, under }) => (
              <NavLink
                key={href}
                href={href}
                under={under}
                onClick={() => setOpen(false)}
                className="py-3 text-base aria-[current]:bg-flow-wash aria-[current]:text-flow-strong"
              >
                {label}
              </NavLink>
            ))}
          </nav>
        </Dialog.Content>
      </Dialog.Portal>
    </Dialog.Root>
  );
}
