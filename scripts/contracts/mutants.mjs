/**
 * One small mistake in a source.
 * @typedef {{ file: string, start: number, end: number, text: string, line: number, column: number, within: string, before: string, kind: string }} Mutant
 *   start and end count bytes; column counts from 1; within is the line that it is in
 * @typedef {{ nodeType: string, src: string, [key: string]: any }} Node of the compiler's syntax tree
 */

/** @type {Record<string, string[]>} */
const OPERATORS = {
  "<": ["<=", ">="],
  "<=": ["<", ">"],
  ">": [">=", "<="],
  ">=": [">", "<"],
  "==": ["!="],
  "!=": ["=="],
  "+": ["-"],
  "-": ["+"],
  "*": ["/"],
  "/": ["*"],
  "%": ["*"],
  "&&": ["||"],
  "||": ["&&"],
};
/** @type {Record<string, string>} */
const ASSIGNMENTS = { "+=": "-=", "-=": "+=", "|=": "&=", "&=": "|=" };
/** In assembly. @type {Record<string, string>} */
const INSTRUCTIONS = { and: "or", or: "and", gt: "lt", lt: "gt", eq: "xor", iszero: "not" };

/**
 * The mistakes that this program knows, in the whole of one source: comparisons turned and moved by one, sums and products turned,
 * roundings, refusals and statements left out, branches swapped, numbers off by one, modifiers left out, arguments swapped.
 * @param {string} file from the folder of the contracts
 * @param {string} source its text
 * @param {Node} ast of that file
 * @returns {Mutant[]} in the order of the text
 */
export function mutantsOf(file, source, ast) {
  const bytes = Buffer.from(source);
  const lines = source.split("\n");
  /** @type {Mutant[]} */
  const mutants = [];

  /** @param {Node} node @param {string} text @param {string} kind */
  const replace = (node, text, kind) => {
    const { start, end, old } = range(node);
    if (text === old) return;
    const before = bytes.subarray(0, start).toString().split("\n");
    const line = before.length;
    const column = (before.at(-1) ?? "").length + 1;
    const within = lines[line - 1]?.trim() ?? "";
    mutants.push({ file, start, end, text, line, column, within, before: old, kind });
  };
  /** @param {Node} node */
  const range = (node) => {
    const [start = 0, length = 0] = node.src.split(":").map(Number);
    return { start, end: start + length, old: bytes.subarray(start, start + length).toString() };
  };
  /** @param {Node} node */
  const textOf = (node) => range(node).old;

  for (const contract of ast.nodes ?? [])
    if (contract.nodeType === "ContractDefinition" && contract.contractKind !== "interface") visit(contract);
  return mutants.sort((a, b) => a.start - b.start || a.text.localeCompare(b.text));

  /** @param {Node} node */
  function visit(node) {
    mutate(node);
    for (const [key, value] of Object.entries(node)) {
      if (key === "documentation" || key === "baseContracts" || key === "typeName") continue;
      for (const child of Array.isArray(value) ? value : [value])
        if (child && typeof child === "object" && typeof child.nodeType === "string") visit(child);
    }
  }

  /** @param {Node} node */
  function mutate(node) {
    switch (node.nodeType) {
      case "BinaryOperation":
        return binary(node);
      case "Assignment": {
        const other = ASSIGNMENTS[node.operator];
        if (other) replace(node, textOf(node).replace(node.operator, other), "assignment turned");
        return;
      }
      case "UnaryOperation":
        if (node.operator === "!") replace(node, textOf(node.subExpression), "negation left out");
        if (node.operator === "++") replace(node, textOf(node).replace("++", "--"), "counting down");
        if (node.operator === "--") replace(node, textOf(node).replace("--", "++"), "counting up");
        return;
      case "IfStatement":
        replace(node.condition, "false", "branch left out");
        if (!node.falseBody && !isRefusal(node.trueBody))
          replace(node.condition, "true", "branch always taken");
        return;
      case "Conditional":
        replace(node.condition, "true", "first branch always");
        replace(node.condition, "false", "second branch always");
        return;
      case "ExpressionStatement":
      case "EmitStatement":
        // The node of a statement ends before its semicolon.
        replace(
          node,
          "uint256(0)",
          node.nodeType === "EmitStatement" ? "event left out" : "statement left out",
        );
        return;
      case "Literal":
        if (node.kind === "number" && !node.hexValue?.startsWith("0x")) number(node);
        return;
      case "ModifierInvocation":
        if (node.modifierName?.name !== "Ownable") replace(node, "", "modifier left out");
        return;
      case "FunctionCall":
        return swap(node);
      case "YulFunctionCall": {
        const name = node.functionName.name;
        const other = INSTRUCTIONS[name];
        if (other) replace(node.functionName, other, "instruction turned");
        return;
      }
      case "YulLiteral":
        if (/^(1|0x1f)$/.test(node.value) && node.kind === "number")
          replace(node, String(Number(node.value) + 1), "number off by one");
    }
  }

  /** @param {Node} node */
  function binary(node) {
    const [left, right] = [textOf(node.leftExpression), textOf(node.rightExpression)];
    for (const other of OPERATORS[node.operator] ?? [])
      replace(node, `(${left} ${other} ${right})`, "operator turned");
    if (node.operator === "/") replace(node, `((${left} + ${right} - 1) / ${right})`, "rounded up");
  }

  /** @param {Node} node */
  function number(node) {
    const text = textOf(node);
    const [digits = "0"] = text.split(" ");
    if (!/^[\d_]+$/.test(digits)) return;
    replace(node, text.replace(digits, String(BigInt(digits.replaceAll("_", "")) + 1n)), "number off by one");
  }

  /** An argument and the next of its type change places. @param {Node} node */
  function swap(node) {
    /** @type {Node[]} */
    const given = node.arguments ?? [];
    for (const [index, one] of given.entries()) {
      const type = one.typeDescriptions?.typeString;
      const other = given.slice(index + 1).find((later) => later.typeDescriptions?.typeString === type);
      if (!other || node.names?.length) continue;
      const [a, b] = [range(one), range(other)];
      const text = b.old + bytes.subarray(a.end, b.start).toString() + a.old;
      replace({ ...node, src: `${a.start}:${b.end - a.start}` }, text, "arguments swapped");
    }
  }
}

/** @param {Node} body */
function isRefusal(body) {
  const [only] = body.nodeType === "Block" ? body.statements : [body];
  return only?.nodeType === "RevertStatement" || only?.nodeType === "Return";
}
