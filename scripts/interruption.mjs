const controller = new AbortController();

/** Aborts when this program is asked to end: Ctrl-C, a service manager, a closed terminal. */
export const interruption = controller.signal;

for (const signal of /** @type {const} */ (["SIGINT", "SIGTERM", "SIGHUP"])) process.on(signal, interrupt);

// npm runs us through a shell that passes no signal on: when npm is ended, all we see is another parent.
const parent = process.ppid;
if (process.env.npm_lifecycle_event)
  setInterval(() => {
    if (process.ppid !== parent) interrupt();
  }, 500).unref();

/** Ends the program from inside, in the same order as Ctrl-C does. */
export function interrupt() {
  controller.abort();
}
