#!/bin/bash
# The first process of an isolated xrdp host, in namespaces of its own: nothing that it changes outlives it.
# $1: name, $2: colour of the desktop, $3: password of all users, then the users.
set -e
name=$1 colour=$2 password=$3
shift 3
hostname "$name"
store=/run
mount -t tmpfs -o mode=755 tmpfs $store
for folder in etc var home; do
  mkdir -p $store/over/$folder/upper $store/over/$folder/work
  mount -t overlay overlay -o "lowerdir=/$folder,upperdir=$store/over/$folder/upper,workdir=$store/over/$folder/work" /$folder
done
mkdir -p /run/xrdp /run/user /run/lock /run/dbus
chown xrdp:root /run/xrdp
chmod 2775 /run/xrdp
# X servers name their displays by files there: hosts must not see each other's.
mount -t tmpfs -o mode=1777 tmpfs /tmp
mkdir -m 1777 /tmp/.X11-unix
for user in "$@"; do
  useradd -m -s /bin/sh "$user"
  echo "$user:$password" | chpasswd
done
cat > /etc/xrdp/startwm.sh <<X
#!/bin/sh
xsetroot -solid '$colour'
# What this user types ends in a file; what they select lies in the clipboard.
[ "\$USER" = typist ] && LC_ALL=C.UTF-8 xterm -u8 -xrm 'XTerm*selectToClipboard: true' -geometry 50x12+0+0 -e sh -c 'while read line; do echo "\$line" >/tmp/typed; done' &
exec sleep 1d
X
chmod +x /etc/xrdp/startwm.sh
sleep "${BOOT_SECONDS:-0}"
xrdp-sesman --nodaemon >/run/sesman.log 2>&1 &
# Who comes before the session manager listens (port 3350) sees a black window for ever.
for _ in $(seq 200); do
  grep -q ':0D16 ' /proc/net/tcp /proc/net/tcp6 && break
  sleep 0.05
done
xrdp --nodaemon >/run/xrdp.log 2>&1 &
wait
