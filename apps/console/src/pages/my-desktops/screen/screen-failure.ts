/** Why there is no desktop. */
export type ScreenFailure = 'credentials' | 'place' | 'target' | 'certificate' | 'security' | 'server' | 'connection';

/** IronErrorKind of IronRDP. */
const kinds: readonly (ScreenFailure | null)[] = [
  null,
  'credentials',
  'credentials',
  'credentials',
  'connection',
  'server',
  'security',
];

interface IronLike {
  kind?(): number;
  rdcleanpathDetails?(): { readonly httpStatusCode?: number } | undefined;
}

/** What went wrong when a desktop was opened, of IronRDP's error: 403 says that the token is used up or not one's own, 502 that the target is gone, 495 that
 * it shows another certificate than the known one. */
export function screenFailure(error: unknown): ScreenFailure {
  const { kind, rdcleanpathDetails } = (error ?? {}) as IronLike;
  const http = rdcleanpathDetails?.call(error)?.httpStatusCode;
  if (http === 403) return 'place';
  if (http === 502) return 'target';
  if (http === 495) return 'certificate';
  return kinds[kind?.call(error) ?? 0] ?? 'connection';
}
