const empty = new URL("./empty-module.mjs", import.meta.url).href;

/** Loader hook (Node's module customisation): see register-ts.mjs. */
export function resolve(specifier, context, next) {
  return specifier === "server-only" ? { url: empty, shortCircuit: true } : next(specifier, context);
}
