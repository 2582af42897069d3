const statement = /(?:^|[;\n}])\s*(?:import|export)\b[^'"`;()]*?\bfrom\s*(['"])([^'"\n]+)\1/g;
const bare = /(?:^|[;\n}])\s*import\s*(['"])([^'"\n]+)\1/g;
const dynamic = /\bimport\s*\(\s*(['"])([^'"\n]+)\1/g;
const comments = /\/\*[\s\S]*?\*\/|(?:^|[^:'"`])\/\/[^\n]*/g;

/** Every module that a source text imports, exports from, or loads by a constant `import()`; types too. */
export function importsOf(source: string): string[] {
  const text = source.replace(comments, '\n');
  return [statement, bare, dynamic].flatMap((form) => [...text.matchAll(form)].map((match) => match[2]!));
}
