const defaultPath = '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin';

/** What a command finds in its environment: the user's basics, then what the client asked for. Nothing of our own process's. */
export function userEnvironment(
  name: string,
  account: { readonly home: string; readonly shell: string },
  wished: Readonly<Record<string, string>>,
): Readonly<Record<string, string>> {
  const basics = {
    PATH: defaultPath,
    HOME: account.home,
    USER: name,
    LOGNAME: name,
    SHELL: account.shell || '/bin/sh',
    LANG: 'C.UTF-8',
  };
  const fine = Object.entries(wished).filter(([key]) => key !== '' && !/[=\0]/.test(key));
  return { ...basics, ...Object.fromEntries(fine) };
}
