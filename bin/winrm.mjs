#!/usr/bin/env node
// The command `winrm`: `atelier winrm` under the name that Windows gives it.
process.argv.splice(2, 0, 'winrm');
await import('./atelier.mjs');
