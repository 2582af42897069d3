export { type Signer, signDetached } from './src/detached-signature.ts';
export { type DesktopFile, desktopSettings, encodeRdpFile, type RdpSettings, rdpFileLines } from './src/rdp-file.ts';
export { signRdpFile } from './src/sign-rdp-file.ts';
export {
  type FeedResource,
  type FeedVersion,
  feedVersion,
  radcContentType,
  type WorkspaceFeed,
  writeWorkspaceFeed,
} from './src/workspace-feed.ts';
