import { copyFile, open } from 'node:fs/promises';
import { confirm, guestDisk, networkUp, serve } from './tiny-guest.ts';

/** Sectors between the boot loader and the first partition, which nothing else uses. */
const noteSector = 1800;
const orderSector = 1802;

/**
 * What a guest of a pool is told by the disk that it is made of: to answer as an RDP host that says its `version`, and keeps what it is told; to hand every
 * connection on to a host that only it stands before; or to start and never answer.
 */
export type PoolOrder =
  | { readonly kind: 'version'; readonly version: number }
  | { readonly kind: 'forward'; readonly address: string; readonly port: number }
  | { readonly kind: 'hang' };

const init = `export PATH=/bin
busybox mkdir -p /dev
busybox mount -t devtmpfs dev /dev
busybox dd if=/dev/vda bs=512 skip=${orderSector} count=1 2>/dev/null | busybox tr -d '\\000' >/order
read kind rest </order
[ "$kind" = hang ] && exec busybox sleep 100000
${networkUp}${serve}`;

const answer = `export PATH=/bin
read kind address port </order
[ "$kind" = forward ] && exec busybox nc $address $port
note() { busybox dd if=/dev/vda iflag=direct bs=512 skip=${noteSector} count=1 2>/dev/null | busybox tr -d '\\000\\n'; }
${confirm}while read -r line; do
case "$line" in
*write:*)
  printf '%s\\n' "\${line#*write:}" | busybox dd of=/dev/vda bs=512 seek=${noteSector} count=1 conv=sync,notrunc,fsync 2>/dev/null
  echo "version $address note $(note)" ;;
*read:*) echo "version $address note $(note)" ;;
esac
done
`;

const textOf = (order: PoolOrder): string => {
  if (order.kind === 'version') return `version ${order.version}`;
  return order.kind === 'forward' ? `forward ${order.address} ${order.port}` : 'hang';
};

/** Writes the raw disk of such a guest. */
export async function poolGuest(target: string, order: PoolOrder): Promise<void> {
  const name = 'pool-guest-2';
  const disk = await guestDisk({ name, moreDrivers: ['drivers/block/virtio_blk'], init, answer });
  await copyFile(disk, target);
  const file = await open(target, 'r+');
  const sector = Buffer.alloc(512);
  sector.write(`${textOf(order)}\n`);
  await file.write(sector, 0, 512, orderSector * 512);
  await file.close();
}
