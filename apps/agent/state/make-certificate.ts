// Makes a self-signed certificate for the names in the arguments and prints it with its key as JSON. A process of its own, so that the agent, which
// runs for months, does not keep the library that it takes once.
import { selfSignedIdentity } from '@atelier/adapters/wsman-listener';

process.stdout.write(JSON.stringify(await selfSignedIdentity(process.argv.slice(2))));
