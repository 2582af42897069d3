export const english: Readonly<Record<number, string>> = {};
