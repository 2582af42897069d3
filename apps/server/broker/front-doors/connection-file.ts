import type { Collection } from '@atelier/domain/broker';
import { AtelierError } from '@atelier/domain/errors';
import { desktopSettings, encodeRdpFile, signRdpFile } from '@atelier/tswp';
import type { Publisher } from '../../certificates/publisher.ts';
import type { PublishedProgram } from './own-desktops.ts';

/** What a client carries so that the broker knows which collection is meant; it is a wish, and proves nothing. */
export const loadBalanceInfo = (collection: Pick<Collection, 'name'>): string =>
  `tsv://MS Terminal Services Plugin.1.${collection.name.replaceAll(' ', '_')}`;

/** An `.rdp` file with the name that it should have. */
export interface ConnectionFile {
  readonly name: string;
  readonly bytes: Uint8Array;
}

/** The signed `.rdp` file for a desktop, or for a program on it. @throws AtelierError `broker.no-address` */
export async function connectionFile(
  publisher: Publisher,
  given: {
    /** What clients dial. */
    readonly address: string;
    readonly collection: Collection;
    readonly program: PublishedProgram | null;
    readonly userName: string;
    readonly workspaceId?: string;
  },
): Promise<ConnectionFile> {
  const { address, collection, program, userName, workspaceId } = given;
  if (address === '') throw new AtelierError('broker.no-address', 'nobody said yet what clients shall dial');
  const settings = desktopSettings({
    address,
    loadBalanceInfo: loadBalanceInfo(collection),
    userName,
    // A ticket is proved within TLS: by NLA only the person's own password could be.
    credSsp: false,
    ...(workspaceId === undefined ? {} : { workspaceId }),
    ...(program ? { program } : {}),
  });
  return {
    name: `${(program?.alias ?? collection.name).replace(/[^A-Za-z0-9._-]+/g, '-')}.rdp`,
    bytes: encodeRdpFile(await signRdpFile(settings, publisher)),
  };
}
