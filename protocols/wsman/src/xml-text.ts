import { XmlError } from './xml-error.ts';

const forbidden = /[^\t\n\r -\ufffd]/;
const loneSurrogate = /[\ud800-\udbff](?![\udc00-\udfff])|(?<![\ud800-\udbff])[\udc00-\udfff]/;
const named: Readonly<Record<string, string>> = { lt: '<', gt: '>', amp: '&', quot: '"', apos: "'" };

/** Throws when a document holds a character that XML 1.0 does not allow (§2.2). */
export function checkCharacters(text: string): void {
  if (forbidden.test(text) || loneSurrogate.test(text))
    throw new XmlError('malformed', 'a character is not allowed in XML');
}

function characterOf(reference: string): string {
  const code = reference[1] === 'x' ? Number.parseInt(reference.slice(2), 16) : Number.parseInt(reference.slice(1), 10);
  const fine =
    code === 9 ||
    code === 10 ||
    code === 13 ||
    (code >= 0x20 && code <= 0xd7ff) ||
    (code >= 0xe000 && code <= 0xfffd) ||
    (code >= 0x10000 && code <= 0x10ffff);
  if (!fine) throw new XmlError('malformed', 'a character reference names no character of XML');
  return String.fromCodePoint(code);
}

/** Text with the five entities and character references resolved; every other reference is refused. */
export function resolveReferences(text: string): string {
  if (!text.includes('&')) return text;
  return text.replace(
    /&(?:(lt|gt|amp|quot|apos|#[0-9]{1,20}|#x[0-9a-fA-F]{1,20});)?/g,
    (_, name: string | undefined) => {
      if (name === undefined) throw new XmlError('malformed', 'an entity is not declared');
      return named[name] ?? characterOf(name);
    },
  );
}
