import { z } from 'zod';

/** What an image can do for those who choose it: the columns of the table image × capability. */
export const capabilities = [
  { id: 'desktop', title: 'Desktop', description: 'a graphical desktop' },
  {
    id: 'guest-agent',
    title: 'Guest agent',
    description: 'answers the QEMU guest agent, so that it shuts down cleanly and can be set up',
  },
  {
    id: 'data-disk',
    title: 'Data disk',
    description: 'keeps the person’s data on a disk of its own, so that a new version costs no data',
  },
  { id: 'remote-management', title: 'Remote management', description: 'answers WS-Management' },
  { id: 'rdp', title: 'RDP', description: 'accepts remote desktop connections' },
  { id: 'hotpatch', title: 'Hotpatch', description: 'takes security updates without a restart' },
  { id: 'smb-over-quic', title: 'SMB over QUIC', description: 'serves files over QUIC' },
  {
    id: 'extended-network',
    title: 'Extended network',
    description: 'can live in a subnet that is stretched between sites',
  },
] as const;

export const capabilitySchema = z.enum(
  capabilities.map((capability) => capability.id) as [CapabilityId, ...CapabilityId[]],
);
export type CapabilityId = (typeof capabilities)[number]['id'];

export interface ImageChoice {
  readonly image: string;
  readonly capabilities: readonly CapabilityId[];
}
export interface Recommendation extends ImageChoice {
  readonly missing: readonly CapabilityId[];
}

/** Images ordered by how well they fit `wanted`: fewest missing first, then fewest unasked-for capabilities, then name. */
export function recommendImages(images: readonly ImageChoice[], wanted: readonly CapabilityId[]): Recommendation[] {
  return images
    .map((image) => ({ ...image, missing: wanted.filter((capability) => !image.capabilities.includes(capability)) }))
    .sort(
      (a, b) =>
        a.missing.length - b.missing.length ||
        a.capabilities.length - b.capabilities.length ||
        a.image.localeCompare(b.image),
    );
}
