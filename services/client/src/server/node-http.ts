/**
 * `node:http` without Node's `fetch`: an `import` reads all exports, `WebSocket` among them, and so loads all of that: 60 ms of processor at
 * each start, and 17 MB that stay.
 */
export const nodeHttp = process.getBuiltinModule('node:http');
