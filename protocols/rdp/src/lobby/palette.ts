/** Colours of the lobby, 0xRRGGBB: a dark neutral room with one light card and one accent. Contrast of all text is at least 4.5 to 1. */
export const palette = {
  room: 0x101318,
  card: 0x1a1f27,
  cardLine: 0x2a313c,
  heading: 0xf3f5f8,
  text: 0xc9d0da,
  quiet: 0x8d98a7,
  accent: 0x4f8ef7,
  accentText: 0x0b1220,
  accentDim: 0x37527f,
  track: 0x2a313c,
  field: 0x12161c,
  fieldLine: 0x3b4452,
  danger: 0xff8b83,
  dangerField: 0x33191c,
  dangerLine: 0x6d2f33,
  warning: 0xf2c46d,
} as const;
