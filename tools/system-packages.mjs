/**
 * Every Debian package that the project uses, once: `npm start`, `npm test`, `atelier doctor` and the deb recipe read this table.
 * A package counts as there when one of its files is (`file`): that also works where somebody built the program by hand.
 * Plain JavaScript without imports from npm, because it runs before anything is installed.
 *
 * @typedef {'run' | 'database' | 'sample' | 'test'} Purpose
 * @typedef {{ name: string, file: string | string[], purpose: Purpose, why: string }} SystemPackage
 */

/** @param {string} name */
const bin = (name) => [`/usr/bin/${name}`, `/usr/local/bin/${name}`, `/bin/${name}`];
/** @param {string} name */
const sbin = (name) => [`/usr/sbin/${name}`, `/sbin/${name}`, `/usr/local/sbin/${name}`, `/usr/bin/${name}`];

/** @type {readonly SystemPackage[]} */
export const systemPackages = [
  {
    name: 'libatomic1',
    file: [
      '/usr/lib/x86_64-linux-gnu/libatomic.so.1',
      '/usr/lib/aarch64-linux-gnu/libatomic.so.1',
      '/usr/lib64/libatomic.so.1',
    ],
    purpose: 'run',
    why: 'the pinned Node is linked with it',
  },
  { name: 'qemu-system-x86', file: bin('qemu-system-x86_64'), purpose: 'run', why: 'runs the virtual machines' },
  {
    name: 'qemu-utils',
    file: bin('qemu-img'),
    purpose: 'run',
    why: 'reads and writes disk formats (qemu-img, qemu-nbd)',
  },
  {
    name: 'postgresql',
    file: '/usr/lib/postgresql/*/bin/postgres',
    purpose: 'database',
    why: 'the server’s private database',
  },
  { name: 'mmdebstrap', file: bin('mmdebstrap'), purpose: 'sample', why: 'builds the sample’s root file system' },
  { name: 'e2fsprogs', file: sbin('mke2fs'), purpose: 'sample', why: 'makes the sample’s file system (mke2fs -d)' },
  { name: 'grub-pc-bin', file: '/usr/lib/grub/i386-pc/boot.img', purpose: 'sample', why: 'the sample’s boot loader' },
  {
    name: 'grub-common',
    file: bin('grub-mkimage'),
    purpose: 'sample',
    why: 'puts the boot loader together (grub-mkimage)',
  },
  { name: 'chromium', file: bin('chromium'), purpose: 'test', why: 'the console’s tests run in a real browser' },
  {
    name: 'nginx-light',
    file: sbin('nginx'),
    purpose: 'test',
    why: 'proves that a plain web server can serve the repository',
  },
  {
    name: 'systemd-journal-remote',
    file: '/lib/systemd/systemd-journal-remote',
    purpose: 'test',
    why: 'writes a journal that the event log is read from',
  },
  {
    name: 'iproute2',
    file: ['/usr/sbin/ip', '/sbin/ip', '/usr/bin/ip'],
    purpose: 'test',
    why: 'what the inventory says of networks is compared with it',
  },
  {
    name: 'ipmitool',
    file: bin('ipmitool'),
    purpose: 'test',
    why: 'reads what our IPMI reads, from the same controller; carries commands to a machine’s own controller',
  },
  { name: 'openipmi', file: bin('ipmi_sim'), purpose: 'test', why: 'a management controller to test with (ipmi_sim)' },
  {
    name: 'python3-zstandard',
    file: '/usr/lib/python3/dist-packages/zstandard/__init__.py',
    purpose: 'test',
    why: 'the second implementation of Trim Transfer’s format is written in Python',
  },
  {
    name: 'python3-cryptography',
    file: '/usr/lib/python3/dist-packages/cryptography/__init__.py',
    purpose: 'test',
    why: 'its signatures and its encryption',
  },
  { name: 'procps', file: bin('pkill'), purpose: 'test', why: 'ends what a killed test clone left' },
  { name: 'openssl', file: bin('openssl'), purpose: 'test', why: 'a device that has nothing of our client in it' },
  {
    name: 'tesseract-ocr',
    file: bin('tesseract'),
    purpose: 'test',
    why: 'reads a workspace’s screen as a person would',
  },
  { name: 'curl', file: bin('curl'), purpose: 'test', why: 'logs on by NTLM and Negotiate' },
  { name: 'krb5-kdc', file: sbin('krb5kdc'), purpose: 'test', why: 'a Kerberos realm to log on with' },
  { name: 'krb5-admin-server', file: sbin('kadmin.local'), purpose: 'test', why: 'makes the realm’s users and keys' },
  { name: 'krb5-user', file: bin('kinit'), purpose: 'test', why: 'gets tickets as people do' },
  {
    name: 'python3-gssapi',
    file: '/usr/lib/python3/dist-packages/gssapi/__init__.py',
    purpose: 'test',
    why: 'the other side of Kerberos and SPNEGO logons: MIT’s library',
  },
  {
    name: 'gss-ntlmssp',
    file: '/usr/lib/*/gssntlmssp/gssntlmssp.so',
    purpose: 'test',
    why: 'the other side of NTLM logons',
  },
  { name: 'winbind', file: bin('ntlm_auth'), purpose: 'test', why: 'Samba’s NTLM (ntlm_auth)' },
  { name: 'pamtester', file: bin('pamtester'), purpose: 'test', why: 'how the agent asks PAM about passwords' },
  { name: 'wsl', file: bin('wslget'), purpose: 'test', why: 'Dell’s client of WS-Management, in shell and curl' },
  { name: 'uuid-runtime', file: bin('uuidgen'), purpose: 'test', why: 'wsl numbers its messages with it' },
  { name: 'libxml2-utils', file: bin('xmllint'), purpose: 'test', why: 'wsl reads answers with it' },
  {
    name: 'python3-winrm',
    file: '/usr/lib/python3/dist-packages/winrm/__init__.py',
    purpose: 'test',
    why: 'a WinRM client in wide use',
  },
  {
    name: 'python3-requests-kerberos',
    file: '/usr/lib/python3/dist-packages/requests_kerberos/__init__.py',
    purpose: 'test',
    why: 'its logons by Kerberos',
  },
  { name: 'ansible-core', file: bin('ansible'), purpose: 'test', why: 'manages machines over WinRM' },
  { name: 'golang-go', file: bin('go'), purpose: 'test', why: 'builds a WinRM client in Go' },
  {
    name: 'golang-github-masterzen-winrm-dev',
    file: '/usr/share/gocode/src/github.com/masterzen/winrm/client.go',
    purpose: 'test',
    why: 'that client, which Packer and Terraform use',
  },
  {
    name: 'busybox-static',
    file: '/bin/busybox',
    purpose: 'test',
    why: 'a guest that starts within seconds, for targets that are started',
  },
  {
    name: 'libvirt-clients',
    file: bin('virsh'),
    purpose: 'test',
    why: 'switches machines of libvirt; its library has a driver to test with',
  },
  { name: 'freerdp2-x11', file: bin('xfreerdp'), purpose: 'test', why: 'an RDP client in wide use' },
  { name: 'freerdp2-shadow-x11', file: bin('freerdp-shadow-cli'), purpose: 'test', why: 'an RDP server with NLA' },
  { name: 'rdesktop', file: bin('rdesktop'), purpose: 'test', why: 'an RDP client that shares nothing with FreeRDP' },
  { name: 'xvfb', file: bin('Xvfb'), purpose: 'test', why: 'a display for RDP clients' },
  { name: 'xdotool', file: bin('xdotool'), purpose: 'test', why: 'types and clicks in them as people do' },
  { name: 'x11-utils', file: bin('xmessage'), purpose: 'test', why: 'shows messages of administrators on a desktop' },
  { name: 'xterm', file: bin('xterm'), purpose: 'test', why: 'takes what is typed in a browser’s desktop' },
  { name: 'imagemagick', file: bin('identify'), purpose: 'test', why: 'reads the icons of the workspace feed' },
  { name: 'xrdp', file: sbin('xrdp'), purpose: 'test', why: 'hosts that the broker takes people to' },
  {
    name: 'xorgxrdp',
    file: '/usr/lib/xorg/modules/libxorgxrdp.so',
    purpose: 'test',
    why: 'the desktops of those hosts',
  },
  {
    name: 'x11-xserver-utils',
    file: bin('xsetroot'),
    purpose: 'test',
    why: 'gives each host’s desktop a colour of its own',
  },
];

/**
 * Programs of tests that this Debian has older, or not at all: they are unpacked from its backports (or from itself, when it is new enough) into
 * `.cache/<folder>`, beside what is installed, and nothing of the machine changes. `file` says whether they are there.
 *
 * @typedef {{ folder: string, packages: readonly string[], file: string, why: string }} UnpackedPackages
 * @type {readonly UnpackedPackages[]}
 */
export const unpackedPackages = [
  {
    folder: 'freerdp3',
    packages: ['freerdp3-x11', 'freerdp3-sdl', 'freerdp3-shadow-x11'],
    file: 'usr/bin/xfreerdp3',
    why: 'RDP clients and a server of FreeRDP 3, beside FreeRDP 2',
  },
];
