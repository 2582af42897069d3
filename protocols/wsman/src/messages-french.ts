export const french: Readonly<Record<number, string>> = {};
