type Used = { name: string; labels: string[]; values: [label: string, value: string][] };

const KEYWORDS = new Set(
  "by without on ignoring group_left group_right bool and or unless offset sum min max avg count".split(" "),
);
/** What Prometheus itself adds to every series that it scrapes. */
const SCRAPE_LABELS = new Set(["job", "instance"]);

/**
 * The metrics that a PromQL expression asks for, with the labels that it looks at and the values it wants exactly. A grouping
 * (`by`) counts for the first metric behind it. Metrics of Prometheus itself (`up`, `absent` of nothing) are left out.
 */
export function metricsIn(expression: string): Used[] {
  const used: Used[] = [];
  let grouped: string[] = [];
  const token =
    /\b(?:by|on|without|ignoring)\s*\(([^)]*)\)|([a-zA-Z_:][\w:]*)\s*(\(|\{(?:[^"}]|"[^"]*")*\})?|\[[^\]]*\]|"[^"]*"|\d[\w.]*/g;
  for (const [, group, word, behind = ""] of expression.matchAll(token)) {
    if (group !== undefined) grouped.push(...names(group));
    if (!word || behind === "(" || KEYWORDS.has(word) || word === "up") continue;
    const matchers = [...behind.matchAll(/(\w+)\s*(=~|!~|!=|=)\s*"([^"]*)"/g)];
    const labels = [...matchers.map(([, label = ""]) => label), ...grouped].filter(
      (label) => !SCRAPE_LABELS.has(label),
    );
    const values = matchers.flatMap(([, label = "", operator, value = ""]): [string, string][] =>
      operator === "=" && !SCRAPE_LABELS.has(label) ? [[label, value]] : [],
    );
    used.push({ name: word, labels: [...new Set(labels)], values });
    grouped = [];
  }
  return used;
}

/** Every series of an exposition: its name, and for each label the values that it has. */
export function namesAndLabels(exposition: string): Map<string, Map<string, Set<string>>> {
  const found = new Map<string, Map<string, Set<string>>>();
  for (const line of exposition.split("\n")) {
    const [, name, labels = ""] = /^([a-zA-Z_:][\w:]*)(?:\{(.*)\})? \S+$/.exec(line) ?? [];
    if (!name) continue;
    const series = found.get(name) ?? new Map<string, Set<string>>();
    found.set(name, series);
    for (const [, label = "", value = ""] of labels.matchAll(/(\w+)="((?:[^"\\]|\\.)*)"/g))
      series.set(label, (series.get(label) ?? new Set<string>()).add(value));
  }
  return found;
}

function names(list: string): string[] {
  return list
    .split(",")
    .map((name) => name.trim())
    .filter(Boolean);
}
