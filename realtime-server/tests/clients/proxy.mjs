// A TCP proxy that can cut the connections through it, as a bad network does.

import { once } from 'node:events';
import net from 'node:net';

/** Passes bytes on to `port` of this machine. */
export async function startProxy(port) {
  const sockets = new Set();
  const server = net.createServer((client) => {
    const upstream = net.connect(port, '127.0.0.1');
    for (const socket of [client, upstream]) {
      sockets.add(socket);
      socket.on('error', () => {});
      socket.on('close', () => {
        sockets.delete(socket);
        client.destroy();
        upstream.destroy();
      });
    }
    client.pipe(upstream).pipe(client);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    url: `http://127.0.0.1:${server.address().port}`,
    /** Cuts all connections in the middle of whatever they carry. */
    cut: () => sockets.forEach((socket) => socket.resetAndDestroy()),
    close() {
      this.cut();
      server.close();
    },
  };
}
