/** Formats of disks that people bring. */
export type DiskFormat = 'raw' | 'qcow2' | 'vmdk' | 'vhdx' | 'vpc';

/** What is known of a disk file that was checked to stand alone. Sizes in bytes. */
export interface DiskInfo {
  readonly format: DiskFormat;
  readonly virtualSize: number;
  /** What it takes on the host's disk. */
  readonly actualSize: number;
}
