/** Windows' `quser` cuts names of users after so many characters. */
export const cutAfter = 20;

/** Whether a host's word for a user is somebody whom we know by name: in any case of letters, and possibly cut. */
export function isSameUser(known: string, told: string): boolean {
  const [whole, heard] = [known.toLowerCase(), told.toLowerCase()];
  return whole === heard || (heard.length === cutAfter && whole.startsWith(heard));
}
