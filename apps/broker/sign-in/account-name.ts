/** An account as clients spell it. */
export interface AccountName {
  readonly user: string;
  readonly domain: string;
}

/** Takes `DOMAIN\user`, `user@domain` or `user`, with the domain that the client gave apart; the one in the name counts more. */
export function accountName(typed: string, domain = ''): AccountName {
  const name = typed.trim();
  const slash = name.indexOf('\\');
  if (slash >= 0) return { user: name.slice(slash + 1), domain: name.slice(0, slash) };
  const at = name.lastIndexOf('@');
  if (at > 0) return { user: name.slice(0, at), domain: name.slice(at + 1) };
  return { user: name, domain: domain.trim() };
}
