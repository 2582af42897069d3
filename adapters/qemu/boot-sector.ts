/** What QEMU ends with when the guest below has run to its end: isa-debug-exit gives (value << 1) | 1. */
export const bootSectorExitCode = (0x31 << 1) | 1;

/** A disk smaller than this is not booted by the firmware. */
const diskBytes = 1024 * 1024;

/**
 * The smallest guest that proves something: booted by the firmware like any disk, it does what every kernel does first.
 * It switches to protected mode, builds page tables for 16 MiB, turns paging on, writes 8 MiB twice, runs 40 million
 * instructions, and ends QEMU through the port of isa-debug-exit. Some nested hypervisors run real mode and fail in the rest.
 */
export function exitingGuest(): Buffer {
  const disk = Buffer.alloc(diskBytes);
  // biome-ignore format: one instruction a line
  disk.set([
    0xfa,                               // 7c00 cli
    0x31, 0xc0,                         //      xor ax, ax
    0x8e, 0xd8,                         //      mov ds, ax
    0x8e, 0xc0,                         //      mov es, ax
    0x66, 0x0f, 0x01, 0x16, 0xa0, 0x7c, //      lgdt [7ca0]
    0x0f, 0x20, 0xc0,                   //      mov eax, cr0
    0x0c, 0x01,                         //      or al, 1
    0x0f, 0x22, 0xc0,                   //      mov cr0, eax
    0xea, 0x1a, 0x7c, 0x08, 0x00,       //      jmp 8:7c1a
    0x66, 0xb8, 0x10, 0x00,             // 7c1a mov ax, 16          (32 bits from here)
    0x8e, 0xd8,                         //      mov ds, ax
    0x8e, 0xc0,                         //      mov es, ax
    0xbf, 0x00, 0x00, 0x10, 0x00,       //      mov edi, 0x100000   the directory: 4 tables
    0xb8, 0x03, 0x00, 0x20, 0x00,       //      mov eax, 0x200003
    0xb9, 0x04, 0x00, 0x00, 0x00,       //      mov ecx, 4
    0xab,                               // 7c31 stosd
    0x05, 0x00, 0x10, 0x00, 0x00,       //      add eax, 0x1000
    0xe2, 0xf8,                         //      loop 7c31
    0xbf, 0x00, 0x00, 0x20, 0x00,       //      mov edi, 0x200000   the tables: 4096 pages
    0xb8, 0x03, 0x00, 0x00, 0x00,       //      mov eax, 3
    0xb9, 0x00, 0x10, 0x00, 0x00,       //      mov ecx, 4096
    0xab,                               // 7c48 stosd
    0x05, 0x00, 0x10, 0x00, 0x00,       //      add eax, 0x1000
    0xe2, 0xf8,                         //      loop 7c48
    0xb8, 0x00, 0x00, 0x10, 0x00,       //      mov eax, 0x100000
    0x0f, 0x22, 0xd8,                   //      mov cr3, eax
    0x0f, 0x20, 0xc0,                   //      mov eax, cr0
    0x0d, 0x00, 0x00, 0x00, 0x80,       //      or eax, 0x80000000
    0x0f, 0x22, 0xc0,                   //      mov cr0, eax        paging is on
    0xba, 0x02, 0x00, 0x00, 0x00,       //      mov edx, 2
    0xbf, 0x00, 0x00, 0x40, 0x00,       // 7c68 mov edi, 0x400000
    0xb9, 0x00, 0x00, 0x20, 0x00,       //      mov ecx, 0x200000
    0x89, 0xd0,                         //      mov eax, edx
    0xf3, 0xab,                         //      rep stosd
    0x4a,                               //      dec edx
    0x75, 0xef,                         //      jnz 7c68
    0xb9, 0x00, 0x2d, 0x31, 0x01,       //      mov ecx, 20000000
    0x49,                               // 7c7e dec ecx
    0x75, 0xfd,                         //      jnz 7c7e
    0xb0, 0x31,                         //      mov al, 0x31
    0xe6, 0xf4,                         //      out 0xf4, al
    0xf4,                               // 7c85 hlt
    0xeb, 0xfd,                         //      jmp 7c85
  ]);
  // 7c88: descriptors for nothing, flat code, flat data; 7ca0: their length and place
  disk.writeBigUInt64LE(0x00cf9a000000ffffn, 0x90);
  disk.writeBigUInt64LE(0x00cf92000000ffffn, 0x98);
  disk.writeUInt16LE(23, 0xa0);
  disk.writeUInt32LE(0x7c88, 0xa2);
  disk.writeUInt16LE(0xaa55, 510);
  return disk;
}
