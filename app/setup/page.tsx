import type { Metadata } from "next";
import { redirect } from "next/navigation";
import { databaseConfigured } from "@/lib/env";
import { paths } from "@/lib/paths";

export const metadata: Metadata = { title: "Set up" };

/** The layout shows the guide in place of any page while there is no database; with one, there is nothing to set up. */
export default function SetupPage() {
  if (databaseConfigured()) redirect(paths.market);
  return null;
}
