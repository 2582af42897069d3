import type { ErrorKind } from '@atelier/domain/errors';
import { debianSamplePackages } from './sample-packages.ts';

/** The errors of building the sample image. */
export const sampleErrorTable: readonly ErrorKind[] = [
  {
    code: 'image.sample-tool-missing',
    status: 500,
    title: 'a program that builds the sample is missing',
    cause: 'the program named in the detail is not installed',
    fix: `apt-get install ${debianSamplePackages.join(' ')}`,
  },
  {
    code: 'image.sample-failed',
    status: 500,
    title: 'the sample image could not be built',
    cause:
      'a step failed; the detail has the words of the program: mostly the Debian mirror cannot be reached, or the disk is full',
    fix: 'see the words of the program, and try again: what was built already is kept',
  },
];
