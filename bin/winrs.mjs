#!/usr/bin/env node
// The command `winrs`: `atelier winrs` under the name that Windows gives it.
process.argv.splice(2, 0, 'winrs');
await import('./atelier.mjs');
