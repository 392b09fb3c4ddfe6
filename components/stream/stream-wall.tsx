"use client";
import Link from "next/link";
import type { Asset } from "@/lib/domain/asset";
import type { LiveAnchor } from "@/lib/domain/live-accrued";
import { paths } from "@/lib/paths";
import { LiveAmount } from "./live-amount";

/** What a cell needs of its stream. */
export type WallCell = { id: string; name: string; anchor: LiveAnchor; used: bigint };

type Props = { cells: readonly WallCell[]; serverNowMs: bigint; asset: Asset };

/** One counter a stream, as many as fit: all that flows, at once. */
export function StreamWall({ cells, serverNowMs, asset }: Props) {
  return (
    <ul
      aria-label="Running streams"
      data-live-scope
      className="grid grid-cols-[repeat(auto-fill,minmax(4.75rem,1fr))] border-line border-t border-l bg-card text-xs"
    >
      {cells.map(({ id, name, anchor, used }) => (
        // Of a fixed size: a figure that changes lays out nothing around its cell.
        <li key={id} className="h-5 border-line border-r border-b [contain:layout_size_style]">
          <Link
            href={paths.stream(id)}
            prefetch={false}
            title={name}
            className="block px-2 py-px text-right hover:bg-flow-wash focus-visible:outline-offset-[-2px]"
          >
            <span className="sr-only">{name}: </span>
            <LiveAmount label="Accrued" anchor={anchor} plus={used} serverNowMs={serverNowMs} asset={asset} />
          </Link>
        </li>
      ))}
    </ul>
  );
}
