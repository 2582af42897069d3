/** The disks of images on this machine. */
export interface ImageDisks {
  /** The version that is to be used now. Throws when there is none. */
  current(image: string, wanted: { readonly channel: string; readonly version?: number | undefined }): Promise<number>;
  /** Path of the raw disk of a version, brought here first when it is missing. It is never written to, and stays while machines use it. */
  disk(image: string, version: number, signal: AbortSignal): Promise<string>;
}
