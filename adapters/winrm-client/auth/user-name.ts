/** A user's name and where it belongs to; `domain` is '' for an account of the host. */
export interface UserName {
  readonly user: string;
  readonly domain: string;
}

/** Reads `user`, `DOMAIN\user` and `user@REALM`. */
export function readUserName(text: string): UserName {
  const slash = text.indexOf('\\');
  if (slash >= 0) {
    const domain = text.slice(0, slash);
    return { user: text.slice(slash + 1), domain: domain === '.' ? '' : domain };
  }
  const at = text.lastIndexOf('@');
  return at > 0 ? { user: text.slice(0, at), domain: text.slice(at + 1) } : { user: text, domain: '' };
}
