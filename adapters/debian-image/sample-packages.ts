/** Debian packages that the host needs to build the sample. */
export const debianSamplePackages: readonly string[] = [
  'mmdebstrap',
  'debian-archive-keyring',
  'e2fsprogs',
  'fakeroot',
  'grub-common',
  'grub-pc-bin',
  'tar',
];

/** What the guest is made of, beside the essential packages and apt. */
export const guestPackages: readonly string[] = [
  // the kernel for virtual machines, and an initramfs that only loads the disk's driver: seconds matter under TCG
  'linux-image-cloud-amd64',
  'tiny-initramfs',
  'systemd-sysv',
  'udev',
  'dbus',
  'kmod',
  'e2fsprogs',
  'iproute2',
  'qemu-guest-agent',
  'ca-certificates',
  'less',
  'nano-tiny',
  'procps',
  // a person's desktop, as light as one can be: it has to start under software translation
  'xserver-xorg-core',
  'xserver-xorg-legacy',
  'xserver-xorg-video-vesa',
  'xserver-xorg-input-libinput',
  'xinit',
  'xauth',
  'jwm',
  'xterm',
  'fonts-dejavu-core',
];
