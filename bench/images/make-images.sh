#!/bin/bash
# Makes the three disks of the image benchmark from Debian's packages, as root with loop devices (about four minutes, 8 GB):
#   v1.img  ext4 with a desktop as first released
#   v2.img  v1 upgraded in place by apt: dozens of packages, a kernel and a browser among them; some added, some removed, files edited
#   v3.img  the files of v2 on a new file system
# Usage: make-images.sh FOLDER [SIZE_MIB]     (mirror: the first one of this machine's own sources, or MIRROR and SECURITY)
set -euo pipefail
out=$1 size=${2:-4096} suite=bookworm
mirror=${MIRROR:-http://deb.debian.org/debian} security=${SECURITY:-http://deb.debian.org/debian-security}
packages=linux-image-amd64,systemd-sysv,udev,ca-certificates,openssh-server,network-manager,sudo,locales,curl,git,vim,python3,xserver-xorg-core,xserver-xorg-video-fbdev,xserver-xorg-input-libinput,xfce4,xfce4-terminal,lightdm,xrdp,xorgxrdp,firefox-esr,libreoffice-writer,libreoffice-calc,fonts-dejavu,fonts-liberation,cups-client,samba-common-bin,krb5-user
add='remmina evince htop tmux postgresql-client' remove='libreoffice-calc cups-client'
export DEBIAN_FRONTEND=noninteractive LC_ALL=C
mkdir -p "$out"
mnt=$(mktemp -d) loop=
clean() { umount -R "$mnt" 2>/dev/null || true; [ -z "$loop" ] || losetup -d "$loop" 2>/dev/null || true; rmdir "$mnt" 2>/dev/null || true; }
trap clean EXIT
say() { printf '%(%T)T %s\n' -1 "$*" >&2; }

new_disk() { rm -f "$1"; truncate -s "${size}M" "$1"; printf 'label: gpt\nstart=2048, type=L, name=root\n' | sfdisk -q "$1"; }
attach() { loop=$(losetup -f --show -o 1048576 --sizelimit $(((size - 2) * 1048576)) "$1"); }
detach() { fstrim "$mnt" || true; umount "$mnt"; losetup -d "$loop"; loop=; }

# An application with a database and an asset that does not compress; version 2 inserts into the middle of the asset.
application() {
  python3 - "$1" "$2" <<'PY'
import os, random, sqlite3, sys
folder, version = sys.argv[1] + '/opt/parts', int(sys.argv[2])
os.makedirs(folder, exist_ok=True)
asset = random.Random(7).randbytes(16 << 20)
if version == 2:
    asset = asset[:3_000_000] + random.Random(8).randbytes(70_001) + asset[3_000_000:]
open(folder + '/asset.bin', 'wb').write(asset)
db, rnd = sqlite3.connect(folder + '/parts.db'), random.Random(version)
if version == 1:
    db.execute('create table part(id integer primary key, name text, text text, price real)')
    db.executemany('insert into part values(?,?,?,?)', ((i, 'part-%08x' % rnd.getrandbits(32), ' '.join('%x' % rnd.getrandbits(40) for _ in range(12)), rnd.random()) for i in range(120_000)))
    db.execute('create index part_name on part(name)')
else:
    for _ in range(1500):
        db.execute('update part set price=? where id=?', (rnd.random(), rnd.randrange(120_000)))
    db.executemany('insert into part values(?,?,?,?)', ((200_000 + i, 'part-%08x' % rnd.getrandbits(32), 'new ' * 10, 1.0) for i in range(3000)))
db.commit()
PY
}

say 'v1: installing'
new_disk "$out/v1.img"; attach "$out/v1.img"
mkfs.ext4 -q -L root -E lazy_itable_init=0,lazy_journal_init=0 "$loop"
mount "$loop" "$mnt"
mmdebstrap --mode=root --variant=minbase --include="$packages" --dpkgopt=force-unsafe-io --aptopt='Apt::Install-Recommends "false"' \
  --aptopt='Acquire::Languages "none"' --skip=cleanup/apt/lists "$suite" "$mnt" "deb $mirror $suite main" >"$out/v1.log" 2>&1
echo v1 >"$mnt/etc/hostname"; application "$mnt" 1; detach

say 'v2: upgrading in place'
cp --sparse=always --reflink=auto "$out/v1.img" "$out/v2.img"; attach "$out/v2.img"; mount "$loop" "$mnt"
cp -L /etc/resolv.conf "$mnt/etc/resolv.conf"
printf '#!/bin/sh\nexit 101\n' >"$mnt/usr/sbin/policy-rc.d"; chmod +x "$mnt/usr/sbin/policy-rc.d"
mount -t proc proc "$mnt/proc"; mount --bind /dev "$mnt/dev"
rm -f "$mnt/etc/apt/sources.list.d/"*
printf 'deb %s %s main\n' "$mirror" "$suite" "$mirror" "$suite-updates" "$security" "$suite-security" >"$mnt/etc/apt/sources.list"
apt='apt-get -qq -y -o Dpkg::Options::=--force-unsafe-io -o Dpkg::Options::=--force-confold --no-install-recommends'
chroot "$mnt" sh -c "apt-get -qq update && $apt dist-upgrade && $apt purge $remove && $apt install $add && $apt autoremove && apt-get clean" >"$out/v2.log" 2>&1
rm -f "$mnt/usr/sbin/policy-rc.d"; umount "$mnt/proc" "$mnt/dev"
echo v2 >"$mnt/etc/hostname"; echo '10.0.0.5 files.corp.example' >>"$mnt/etc/hosts"; application "$mnt" 2; detach

say 'v3: the same files on a new file system'
attach "$out/v2.img"; mount -o ro,noload "$loop" "$mnt"; new_disk "$out/v3.img"
mkfs.ext4 -q -F -L root -d "$mnt" -E offset=1048576,lazy_itable_init=0 "$out/v3.img" $((size - 2))M
umount "$mnt"; losetup -d "$loop"; loop=
say "done: $(du -m "$out"/v?.img | awk '{printf "%s %s MB  ", $2, $1}')"
