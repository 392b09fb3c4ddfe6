"use client";
import { Moon, Sun, SunMoon } from "lucide-react";
import { useState } from "react";
import { Button } from "@/components/ui/button";

export type Theme = "system" | "dark" | "light";
const next: Record<Theme, Theme> = { system: "dark", dark: "light", light: "system" };
const icons = { system: SunMoon, dark: Moon, light: Sun };

/** Steps through system, dark and light. A cookie keeps it, so the server paints the right one first. */
export function ThemeToggle({ initial }: { initial: Theme }) {
  const [theme, setTheme] = useState(initial);
  const Icon = icons[theme];

  function step() {
    const chosen = next[theme];
    setTheme(chosen);
    if (chosen === "system") delete document.documentElement.dataset.theme;
    else document.documentElement.dataset.theme = chosen;
    // biome-ignore lint/suspicious/noDocumentCookie: the Cookie Store API is not in every browser that we serve
    document.cookie = `theme=${chosen}; path=/; max-age=31536000; samesite=lax`;
  }

  return (
    <Button tone="quiet" size="icon" onClick={step} aria-label={`Theme: ${theme}`} title={`Theme: ${theme}`}>
      <Icon aria-hidden />
    </Button>
  );
}
