import { request } from 'node:http';
import { CliFailure } from '../failure/cli-failure.ts';
import { type Control, controlSocketPath } from './control-socket.ts';

/** Asks the running server of a state folder for something. Gives undefined when none runs. */
export function askControl(
  stateFolder: string,
  act: keyof Control,
  body: object,
  signal: AbortSignal,
): Promise<Record<string, unknown> | undefined> {
  return new Promise((resolve, reject) => {
    const call = request(
      { socketPath: controlSocketPath(stateFolder), path: `/${act}`, method: 'POST', signal },
      (answer) => {
        let text = '';
        answer.setEncoding('utf8').on('data', (chunk: string) => {
          text += chunk;
        });
        answer.on('end', () => {
          const value = JSON.parse(text) as Record<string, unknown>;
          if (answer.statusCode === 200) resolve(value);
          else reject(new CliFailure({ title: 'the server could not do it', detail: String(value.error) }));
        });
      },
    );
    call.on('error', (error: NodeJS.ErrnoException) => {
      if (error.code === 'ENOENT' || error.code === 'ECONNREFUSED') resolve(undefined);
      else reject(error);
    });
    call.end(JSON.stringify(body));
  });
}
