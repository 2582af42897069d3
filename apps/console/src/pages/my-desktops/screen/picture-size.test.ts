import { expect, it } from 'vitest';
import { desktopSize, pictureSize } from './picture-size.ts';

const stage = { width: 970, height: 577 };

it('shows a desktop whole and in its own shape, and leaves one that almost fits as sharp as it is', () => {
  expect(pictureSize({ width: 968, height: 576 }, stage, 'fit')).toEqual({ width: 968, height: 576 });
  expect(pictureSize({ width: 1940, height: 1000 }, stage, 'fit')).toEqual({ width: 970, height: 500 });
  expect(pictureSize({ width: 485, height: 200 }, stage, 'fit')).toEqual({ width: 970, height: 400 });
  expect(pictureSize({ width: 1940, height: 1000 }, stage, 'real')).toEqual({ width: 1940, height: 1000 });
  expect(pictureSize({ width: 0, height: 0 }, stage, 'fit')).toEqual({ width: 0, height: 0 });
});

it('asks for sizes that hosts take', () => {
  expect(desktopSize(stage)).toEqual({ width: 968, height: 576 });
  expect(desktopSize({ width: 350, height: 90 })).toEqual({ width: 640, height: 400 });
  expect(desktopSize({ width: 9000, height: 9000 })).toEqual({ width: 4096, height: 4096 });
});
