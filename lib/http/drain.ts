import type { Server } from "node:http";
import type { Duplex } from "node:stream";

/**
 * Lets a server end in order.
 *
 * @returns to be called once: the server takes no more requests, those under way may finish within `limitMs`, then what
 *   is left is cut. Web sockets, which never finish, are cut at once.
 */
export function drainable(server: Server): (limitMs: number) => Promise<void> {
  const sockets = new Set<Duplex>();
  server.on("upgrade", (_request, socket: Duplex) => {
    sockets.add(socket);
    socket.once("close", () => sockets.delete(socket));
  });

  return (limitMs) =>
    new Promise((resolve) => {
      const late = setTimeout(() => server.closeAllConnections(), limitMs);
      // A connection that turns idle while we wait would otherwise hold the server until its keep-alive ends.
      const idle = setInterval(() => server.closeIdleConnections(), 50);
      server.close(() => {
        clearTimeout(late);
        clearInterval(idle);
        resolve();
      });
      server.closeIdleConnections();
      for (const socket of sockets) socket.destroy();
    });
}
