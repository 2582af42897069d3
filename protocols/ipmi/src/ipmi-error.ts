/** What went wrong between us and a management controller. */
export type IpmiFailure =
  /** Bytes that no controller may send. */
  | 'malformed'
  /** The controller refused the session: wrong user, key, privilege or algorithm. */
  | 'refused'
  /** The other end does not know the password or key: its proof is wrong. */
  | 'untrusted'
  /** A command was answered with a completion code that is not "done". */
  | 'completion';

/** Anything that this package throws. `completionCode` is present for failures of a command (IPMI 2.0 §5.2). */
export class IpmiError extends Error {
  override readonly name = 'IpmiError';
  readonly failure: IpmiFailure;
  readonly completionCode: number | null;

  constructor(failure: IpmiFailure, message: string, completionCode: number | null = null) {
    super(message);
    this.failure = failure;
    this.completionCode = completionCode;
  }
}

const completionTexts: Readonly<Record<number, string>> = {
  192: 'the controller is busy',
  193: 'the controller does not know this command',
  194: 'the command is not valid for this unit',
  195: 'the controller timed out while working on the command',
  196: 'the controller is out of space',
  197: 'the reservation was cancelled: something else changed the repository',
  198: 'the request was cut short',
  199: 'the request has a wrong length',
  200: 'the request is too long',
  201: 'a value of the request is out of range',
  202: 'the controller cannot return that many bytes at once',
  203: 'there is no such sensor, record or device',
  204: 'the request holds an invalid field',
  205: 'the command is not possible for this sensor or record type',
  206: 'the answer could not be given',
  207: 'the request is a duplicate',
  208: 'the sensor data repository is being updated',
  209: 'the controller is updating its firmware',
  210: 'the controller is starting',
  211: 'the destination of the command cannot be reached',
  212: 'the session has too little privilege: sign in with a user of a higher level',
  213: 'the command is not possible in the present state',
  214: 'the command is disabled',
  255: 'unspecified error',
};

/** The sentence for a completion code. */
export const completionText = (code: number): string =>
  completionTexts[code] ?? `the controller answered with code 0x${code.toString(16).padStart(2, '0')}`;

/** Throws for a completion code other than "done". `what` names the command for the message. */
export function checkCompletion(code: number, what: string): void {
  if (code !== 0) throw new IpmiError('completion', `${what}: ${completionText(code)}`, code);
}
