import { expect, it } from 'vitest';
import { recommendImages } from './index.ts';

it('takes the image that lacks least, then the one without superfluous capabilities', () => {
  const images = [
    { image: 'desktop', capabilities: ['desktop', 'smb-over-quic', 'extended-network'] },
    { image: 'core', capabilities: ['hotpatch', 'smb-over-quic', 'extended-network'] },
    { image: 'everything', capabilities: ['desktop', 'hotpatch', 'smb-over-quic', 'extended-network'] },
  ] as const;
  expect(recommendImages(images, ['hotpatch', 'smb-over-quic']).map((one) => one.image)).toEqual([
    'core',
    'everything',
    'desktop',
  ]);
  expect(recommendImages(images, ['hotpatch', 'desktop'])[0]).toMatchObject({ image: 'everything', missing: [] });
});
