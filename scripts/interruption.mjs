const controller = new AbortController();

/** Aborts when this program is asked to end: Ctrl-C, a service manager, a closed terminal. */
export const interruption = controller.signal;

for (const signal of /** @type {const} */ (["SIGINT", "SIGTERM", "SIGHUP"])) process.on(signal, interrupt);

/** Ends the program from inside, in the same order as Ctrl-C does. */
export function interrupt() {
  controller.abort();
}
