import type { Finding } from '@atelier/adapters/repository';
import { generateSigner } from '@atelier/trim';
import { type Lab, openLab } from '../../adapters/trim-client/testing/lab.ts';
import type { Fate } from './victims.ts';

/** Small frames and packs, so that there is much to be killed between. */
export const small = { frameBlocks: 16, packBytes: 100_000 };

/** A lab whose key the victims get, with one version in it. */
export async function openCrashLab(first: Buffer): Promise<Lab & { readonly key: string }> {
  const { privateKeyPem, signer } = generateSigner();
  const lab = await openLab(signer);
  await lab.publish(1, first, { compression: small });
  return { ...lab, key: privateKeyPem };
}

/** Moments spread over what a whole run takes, as far as runs that ended have shown; none until one has. */
export function moments(random: (below: number) => number) {
  let typical = 0;
  return {
    next: (): number | undefined => (typical === 0 ? undefined : random(Math.ceil(typical))),
    learn: ({ finished, ms }: Fate): void => {
      if (finished) typical = typical === 0 ? ms : typical * 0.7 + ms * 0.3;
    },
  };
}

/** What makes a repository invalid; leftovers that the next `gc` takes are no errors. */
export const errors = (findings: readonly Finding[]): readonly Finding[] =>
  findings.filter(({ severity }) => severity === 'error');
