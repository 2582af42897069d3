import type { Texts } from '../en/index.ts';
import { en } from '../en/index.ts';
export const fr: Texts = en;
