import type { BlockRef } from "./chain-log";
import type { ChainReader } from "./chain-reader";

/**
 * The newest of our blocks that the node's chain has too. Reorganisations are short, so it looks right below the top first, then
 * twice as deep each time, and then halves: the blocks above the answer differ and those below agree.
 *
 * @param blocks ours, the newest first
 * @returns null when none is
 */
export async function findAncestor(
  reader: Pick<ChainReader, "block">,
  blocks: readonly BlockRef[],
): Promise<BlockRef | null> {
  const agrees = async (at: number) => {
    const ours = blocks[at];
    return ours !== undefined && (await reader.block(ours.number))?.hash === ours.hash;
  };
  let differs = -1; // The newest place that is known to differ has this index or a smaller one.
  let step = 1;
  let same = 0;
  while (same < blocks.length && !(await agrees(same))) {
    differs = same;
    same += step;
    step *= 2;
  }
  if (same >= blocks.length) same = blocks.length; // Stands for "none": it counts as agreeing.
  while (same - differs > 1) {
    const middle = Math.floor((same + differs) / 2);
    if (await agrees(middle)) same = middle;
    else differs = middle;
  }
  return blocks[same] ?? null;
}
