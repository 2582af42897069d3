/**
 * HTTP of Node. An import statement of it would call its getters, one of which loads Node's fetch and WebSocket: 15 MB of memory, for an agent that
 * uses neither.
 */
export const { createServer, request } = process.getBuiltinModule('node:http');
