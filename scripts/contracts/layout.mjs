/**
 * @typedef {{ label: string, slot: string, offset: number, type: string }} Place
 * @typedef {{ storage: Place[], types: Record<string, { label: string, numberOfBytes: string, value?: string, base?: string, members?: Place[] }> }} Layout
 */

/**
 * Where a contract keeps what, one line a variable, and below them each struct that they use: a change shows in a diff.
 * @param {string} name @param {Layout} layout as the compiler gives it
 */
export function renderLayout(name, { storage, types }) {
  const lines = [
    `${name}: slot, first byte, bytes, type, name`,
    ...storage.map((place) => line(place, types)),
  ];
  for (const struct of structsOf(storage, types)) {
    lines.push("", `${types[struct]?.label}`);
    for (const member of types[struct]?.members ?? []) lines.push(line(member, types));
  }
  return `${lines.join("\n")}\n`;
}

/** @param {Place} place @param {Layout["types"]} types */
function line({ slot, offset, type, label }, types) {
  const { numberOfBytes, label: named } = types[type] ?? { numberOfBytes: "?", label: type };
  return [slot.padStart(3), String(offset).padStart(3), numberOfBytes.padStart(4), ` ${named} ${label}`].join(
    " ",
  );
}

/** @param {Place[]} storage @param {Layout["types"]} types @returns {Set<string>} also those inside mappings, arrays and structs */
function structsOf(storage, types) {
  /** @type {Set<string>} */
  const structs = new Set();
  const seen = new Set(storage.map(({ type }) => type));
  for (const type of seen) {
    const { members, value, base } = types[type] ?? {};
    if (members) structs.add(type);
    for (const inner of [value, base, ...(members ?? []).map((member) => member.type)])
      if (inner) seen.add(inner);
  }
  return structs;
}
