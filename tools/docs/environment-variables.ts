/** The names of Atelier's environment variables in a text, each once. */
export const environmentVariables = (text: string): string[] => [
  ...new Set(text.match(/\bATELIER_[A-Z]+(?:_[A-Z]+)*\b/g) ?? []),
];
