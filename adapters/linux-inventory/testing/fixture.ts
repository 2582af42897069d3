import { chmodSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import type { CimInstance } from '@atelier/cim';
import type { CimProvider, OperationContext } from '@atelier/plugin-kit';
import { createLinuxHost, createLinuxInventory, type LinuxHost } from '../index.ts';

/** An SMBIOS structure with its texts. */
function structure(type: number, data: readonly number[], texts: readonly string[]): Buffer {
  const head = Buffer.from([type, data.length + 4, 1, 0, ...data]);
  const tail = texts.length === 0 ? '\0\0' : `${texts.map((one) => `${one}\0`).join('')}\0`;
  return Buffer.concat([head, Buffer.from(tail, 'latin1')]);
}

/** A module of 2,048 MB in "DIMM 0" and an empty slot, then the end of the table. */
const dmi = Buffer.concat([
  structure(16, [3, 3, 3, 0, 0, 0x40, 0, 0xfe, 0xff, 2, 0], []),
  structure(
    17,
    [0, 16, 0xfe, 0xff, 64, 0, 64, 0, 0, 8, 9, 0, 1, 2, 26, 0x80, 0, 0x80, 0x0c, 3, 4, 0, 5, 0],
    ['DIMM 0', 'BANK 0', 'Acme', 'S1', 'P1'],
  ),
  structure(17, [0, 16, 0xfe, 0xff, 0, 0, 0, 0, 0, 0, 9, 0, 1, 0, 2, 0, 0, 0, 0, 0, 0, 0, 0, 0], ['DIMM 1']),
  structure(127, [], []),
]);

const files: Readonly<Record<string, string | Buffer>> = {
  'proc/stat': 'cpu  100 0 100 800 0 0 0 0\ncpu0 100 0 100 800 0 0 0 0\nctxt 5\nbtime 1700000000\n',
  'proc/meminfo':
    'MemTotal:        2048000 kB\nMemFree:  1000 kB\nMemAvailable:  1024000 kB\nSwapTotal: 512 kB\nSwapFree: 256 kB\n',
  'proc/cpuinfo':
    'processor\t: 0\nvendor_id\t: GenuineIntel\ncpu family\t: 6\nmodel\t\t: 167\nmodel name\t: Test CPU\nstepping\t: 1\ncpu MHz\t\t: 2599.9\nphysical id\t: 0\ncore id\t\t: 0\nflags\t\t: fpu vmx ept hypervisor\n\nprocessor\t: 1\nvendor_id\t: GenuineIntel\nmodel name\t: Test CPU\nphysical id\t: 0\ncore id\t\t: 0\n',
  'proc/sys/kernel/osrelease': '6.1.0-test\n',
  'proc/1/stat': '1 (in it) x) S 0 1 1 0 -1 4194560 100 0 5 0 7 9 0 0 20 0 1 0 500 8192 25 0 0 0\n',
  'proc/1/cmdline': '/sbin/init\0splash\0',
  'proc/1/status': 'Name:\tinit\nVmHWM:\t  400 kB\n',
  'proc/self/mountinfo':
    '1 0 254:1 / / rw - ext4 /dev/vda1 rw\n2 1 0:5 / /proc rw - proc proc rw\n3 1 0:9 / /mnt/my\\040share ro - nfs4 server:/x rw\n',
  'proc/net/route':
    'Iface\tDestination\tGateway\tFlags\tRefCnt\tUse\tMetric\tMask\neth0\t00000000\t0101A8C0\t0003\t0\t0\t100\t00000000\n',
  'proc/swaps': 'Filename Type Size Used Priority\n/dev/vda2 partition 524288 1024 -2\n',
  'etc/os-release': 'PRETTY_NAME="Test Linux 1"\nNAME="Test Linux"\nVERSION_ID="1"\nID=test\n',
  'etc/passwd':
    'root:x:0:0:root:/root:/bin/bash\nada:x:1000:1000:Ada Lovelace,,,:/home/ada:/bin/bash\nsvc:x:99:99::/:/usr/sbin/nologin\n',
  'etc/group': 'root:x:0:\nada:x:1000:\nsudo:x:27:ada\n',
  'etc/resolv.conf': 'search example.org\nnameserver 192.0.2.53\n',
  'etc/crontab': '# m h\n17 *\t* * *\troot\tcd / && run-parts /etc/cron.hourly\n',
  'etc/samba/smb.conf': '[global]\nworkgroup = X\n[data]\n  comment = Our data\n  path = /srv/data\n',
  'sys/class/dmi/id/sys_vendor': 'Acme\n',
  'sys/class/dmi/id/bios_version': '1.2\n',
  'sys/class/dmi/id/bios_date': '03/31/2024\n',
  'sys/firmware/dmi/tables/DMI': dmi,
  'sys/block/vda/size': '2097152\n',
  'sys/block/vda/queue/logical_block_size': '4096\n',
  'sys/block/vda/vda1/partition': '1\n',
  'sys/block/vda/vda1/start': '2048\n',
  'sys/block/vda/vda1/size': '2000000\n',
  'sys/block/loop0/size': '100\n',
  'sys/class/net/eth0/ifindex': '2\n',
  'sys/class/net/eth0/address': '52:54:00:12:34:56\n',
  'sys/class/net/eth0/speed': '1000\n',
  'sys/class/net/eth0/flags': '0x1003\n',
  'sys/class/net/eth0/carrier': '1\n',
  'sys/class/net/eth0/type': '1\n',
  'sys/class/net/eth0/mtu': '1500\n',
  'var/lib/dpkg/status':
    'Package: hello\nStatus: install ok installed\nArchitecture: amd64\nVersion: 1:2.10-3\nMaintainer: Someone <a@b>\nDescription: says hello\n more text\n\nPackage: gone\nStatus: deinstall ok config-files\nVersion: 1\n',
  'var/log/dpkg.log':
    '2024-05-06 07:08:09 upgrade hello:amd64 2.10-2 2.10-3\n2024-05-06 07:08:10 status installed hello:amd64 2.10-3\n',
};

/** systemctl in a shell: knows two services, and writes down what it is told to change. */
const systemctl = `#!/bin/sh
cd "$(dirname "$0")"
case "$1" in
list-units) echo '[{"unit":"ssh.service"},{"unit":"bad.service"}]' ;;
list-unit-files) echo '[{"unit_file":"ssh.service"},{"unit_file":"getty@.service"}]' ;;
show)
  for unit in "$@"; do case "$unit" in
  ssh.service) printf 'Id=ssh.service\\nDescription=Secure Shell\\nLoadState=loaded\\nActiveState=%s\\nUnitFileState=enabled\\nMainPID=42\\nCanStop=yes\\nRequires=bad.service -.mount\\nExecStart={ path=/usr/sbin/sshd ; argv[]=/usr/sbin/sshd -D ; ignore_errors=no ; }\\n\\n' "$(cat ssh-state)" ;;
  bad.service) printf 'Id=bad.service\\nDescription=Bad\\nLoadState=masked\\nActiveState=failed\\nUnitFileState=masked\\nExecMainStatus=3\\nMainPID=0\\n\\n' ;;
  none.service) printf 'Id=none.service\\nLoadState=not-found\\n\\n' ;;
  esac; done ;;
*) echo "$@" >> log
   case "$2" in start) echo active > ssh-state ;; stop) echo inactive > ssh-state ;; esac ;;
esac
`;

const entries = [
  {
    __CURSOR: 's=1;i=1a;b=2',
    __REALTIME_TIMESTAMP: '1700000000123456',
    PRIORITY: '3',
    MESSAGE: 'disk <broken>',
    SYSLOG_IDENTIFIER: 'kernel',
    _TRANSPORT: 'kernel',
    _HOSTNAME: 'box',
  },
  {
    __CURSOR: 's=1;i=1b;b=2',
    __REALTIME_TIMESTAMP: '1700000001000000',
    PRIORITY: '6',
    MESSAGE: [104, 105],
    SYSLOG_IDENTIFIER: 'app',
    _UID: '1000',
    MESSAGE_ID: '00ff0000',
    _PID: '77',
  },
  {
    __CURSOR: 's=1;i=1c;b=2',
    __REALTIME_TIMESTAMP: '1700000002000000',
    PRIORITY: '5',
    MESSAGE: 'logged on',
    SYSLOG_FACILITY: '10',
    SYSLOG_IDENTIFIER: 'sshd',
  },
];
const journalctl = `#!/bin/sh
case "$*" in *--after-cursor=s=1\\;i=1b*) tail -n 1 "$(dirname "$0")/journal" ;; *--reverse*) tac "$(dirname "$0")/journal" ;; *--lines=0*) ;; *) cat "$(dirname "$0")/journal" ;; esac
case "$*" in *--follow*) exec sleep 60 ;; esac
`;

export interface Fixture {
  readonly root: string;
  readonly host: LinuxHost;
  readonly provider: CimProvider;
  remove(): void;
}

/** A small machine in a folder, with programs that answer for systemd and the journal. */
export function createFixture(): Fixture {
  const root = mkdtempSync(join(tmpdir(), 'linux-host-'));
  const write = (name: string, content: string | Buffer, mode = 0o644): string => {
    const path = join(root, name);
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, content);
    chmodSync(path, mode);
    return path;
  };
  for (const [name, content] of Object.entries(files)) write(name, content);
  mkdirSync(join(root, 'sys/class/net/eth0/device/x'), { recursive: true });
  symlinkSync('/drivers/virtio_net', join(root, 'sys/class/net/eth0/device/driver'));
  symlinkSync('/usr/share/zoneinfo/Europe/Berlin', join(root, 'etc/localtime'));
  mkdirSync(join(root, 'mnt/my share'), { recursive: true });
  write('bin/ssh-state', 'active\n');
  write('bin/journal', `${entries.map((one) => JSON.stringify(one)).join('\n')}\n`);
  const host = createLinuxHost({
    root,
    hostname: 'box.example.org',
    programs: {
      systemctl: write('bin/systemctl', systemctl, 0o755),
      journalctl: write('bin/journalctl', journalctl, 0o755),
      loginctl: write('bin/loginctl', '#!/bin/sh\necho " c1 1000 ada seat0"\n', 0o755),
    },
    interfaces: () => ({
      eth0: [
        {
          address: '192.168.1.2',
          netmask: '255.255.255.0',
          family: 'IPv4',
          mac: '',
          internal: false,
          cidr: '192.168.1.2/24',
        },
      ],
    }),
  });
  return {
    root,
    host,
    provider: createLinuxInventory(host),
    remove: () => rmSync(root, { recursive: true, force: true }),
  };
}

/** All instances of a class. */
export async function listOf(
  fixture: Fixture,
  className: string,
  context: OperationContext,
): Promise<readonly CimInstance[]> {
  return await Array.fromAsync(fixture.provider.sources[className]!.list({ properties: null, equals: {} }, context));
}
