/**
 * A stand-in for `pwsh -s`: NOT PowerShell. It speaks the out-of-process protocol on its pipes with fragments that the tests build, and runs nothing. What a
 * pipeline does is the text of its first message: `hello`, `large`, `flood`, `crumbs`, `input`, `wait`, `stuck` (not even by a signal), `crash`, `garbage`, `garbage-storm`, `long-line`.
 */
import { createInterface } from 'node:readline';
import { fragmented, stateXml, messageTypes as types } from './message.ts';

const session = '00000000-0000-0000-0000-000000000000';
const say = (line: string) => process.stdout.write(`${line}\n`);
const data = (id: string, bytes: Buffer) =>
  say(`<Data Stream='Default' PSGuid='${id}'>${bytes.toString('base64')}</Data>`);
const state = (id: string, value: number) => data(id, fragmented(90, types.pipelineState, stateXml(value)));
const output = (id: string, text: string) => data(id, fragmented(80, types.pipelineOutput, `<S>${text}</S>`));
const waiting = new Set<string>();
const stuck = new Set<string>();
const started = new Set<string>();

function run(id: string, what: string): void {
  if (what === 'crash') {
    output(id, 'before');
    process.stderr.write('out of luck\n');
    process.exitCode = 7;
    process.stdin.destroy();
  } else if (what === 'garbage') {
    for (let n = 0; n < 3; n++) say(`<Data nonsense ${n}`);
    output(id, 'after garbage');
    state(id, 4);
  } else if (what === 'garbage-storm') for (let n = 0; n < 100; n++) say('no packet');
  else if (what === 'long-line') process.stdout.write('x'.repeat(5_000_000));
  else if (what === 'large') {
    data(id, fragmented(80, types.pipelineOutput, 'x'.repeat(200_000), 32_768));
    state(id, 4);
  } else if (what === 'flood') {
    for (let n = 0; n < 100; n++) data(id, fragmented(80, types.pipelineOutput, 'x'.repeat(30_000)));
    state(id, 4);
  } else if (what === 'crumbs') {
    for (let n = 0; n < 3000; n++) output(id, `crumb ${n}`);
    state(id, 4);
  } else if (what === 'stuck') stuck.add(id);
  else if (what === 'wait' || what === 'input') waiting.add(id);
  else {
    output(id, what);
    state(id, 4);
  }
}

createInterface({ input: process.stdin }).on('line', (line) => {
  const [, kind, stream, id, text] =
    /^<(\w+)(?: Stream='(\w+)')? PSGuid='([0-9a-f-]+)'(?:>([^<]*)<\/Data>| \/>)$/.exec(line) ?? [];
  if (!kind || !id) throw new Error(`the adapter sent no packet: ${line}`);
  if (stuck.has(id)) return;
  if (kind === 'Data') {
    const bytes = Buffer.from(text!, 'base64');
    say(`<DataAck PSGuid='${id}' />`);
    if (id === session)
      data(id, fragmented(1, types.runspacePoolState, '<Obj RefId="0"><MS><I32 N="RunspaceState">2</I32></MS></Obj>'));
    else if (!started.has(id)) {
      started.add(id);
      run(id, bytes.subarray(61).toString());
    } else output(id, `${stream}:${bytes.subarray(61).toString()}`);
  } else if (kind === 'Signal') {
    if (waiting.delete(id)) state(id, 3);
    say(`<SignalAck PSGuid='${id}' />`);
  } else if (kind === 'Command') say(`<CommandAck PSGuid='${id}' />`);
  else if (kind === 'Close') {
    started.delete(id);
    say(`<CloseAck PSGuid='${id}' />`);
  }
});
