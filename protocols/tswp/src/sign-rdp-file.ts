import { type Signer, signDetached } from './detached-signature.ts';
import { type RdpSettings, rdpFileLines } from './rdp-file.ts';

/**
 * Settings that Windows' client wants signed, by the name that `signscope` gives them, in the order in which it puts them
 * together. Any of them that is in the file and not in the scope would be open to change.
 */
const signed = [
  'Full Address',
  'Alternate Full Address',
  'PCB',
  'Use Redirection Server Name',
  'Server Port',
  'Negotiate Security Layer',
  'EnableCredSspSupport',
  'DisableConnectionSharing',
  'AutoReconnection Enabled',
  'GatewayHostname',
  'GatewayUsageMethod',
  'GatewayProfileUsageMethod',
  'GatewayCredentialsSource',
  'Support URL',
  'PromptCredentialOnce',
  'Require pre-authentication',
  'Pre-authentication server address',
  'Alternate Shell',
  'Shell Working Directory',
  'RemoteApplicationProgram',
  'RemoteApplicationExpandWorkingdir',
  'RemoteApplicationMode',
  'RemoteApplicationGuid',
  'RemoteApplicationName',
  'RemoteApplicationIcon',
  'RemoteApplicationFile',
  'RemoteApplicationFileExtensions',
  'RemoteApplicationCmdLine',
  'RemoteApplicationExpandCmdLine',
  'Prompt For Credentials',
  'Authentication Level',
  'AudioMode',
  'RedirectDrives',
  'RedirectPrinters',
  'RedirectCOMPorts',
  'RedirectSmartCards',
  'RedirectPOSDevices',
  'RedirectClipboard',
  'DevicesToRedirect',
  'DrivesToRedirect',
  'LoadBalanceInfo',
  'RedirectDirectX',
  'RDGIsKDCProxy',
  'KDCProxyName',
  'EventLogUploadAddress',
] as const;

/** The text that is signed: the lines in scope, then the scope itself, CRLF each, ended by NUL, as UTF-16LE. */
function scopeOf(lines: readonly string[]): { readonly names: readonly string[]; readonly content: Uint8Array } {
  const inScope = signed.flatMap((name) => {
    const line = lines.find((candidate) => candidate.toLowerCase().startsWith(`${name.toLowerCase()}:`));
    return line === undefined ? [] : [{ name, line }];
  });
  const names = inScope.map(({ name }) => name);
  const text = `${[...inScope.map(({ line }) => line), `signscope:s:${names.join(',')}`].join('\r\n')}\r\n\0`;
  return { names, content: Buffer.from(text, 'utf16le') };
}

/** Before the signature stand two numbers of unknown meaning and the length, little endian. */
function wrapped(signature: Uint8Array): string {
  const header = Buffer.alloc(12);
  header.writeUInt32LE(0x0001_0001, 0);
  header.writeUInt32LE(0x0000_0001, 4);
  header.writeUInt32LE(signature.length, 8);
  return Buffer.concat([header, signature]).toString('base64');
}

/**
 * The lines of a signed file, as `rdpsign.exe` makes them: the settings, `signscope` with the names of what is signed, and
 * `signature` with a detached PKCS #7. A client that trusts the signer opens it without the warning about an unknown publisher.
 *
 * @throws RangeError as {@link rdpFileLines}
 */
export async function signRdpFile(settings: RdpSettings, signer: Signer): Promise<readonly string[]> {
  const lines = rdpFileLines(settings);
  const { names, content } = scopeOf(lines);
  const signature = await signDetached(content, signer);
  return [...lines, `signscope:s:${names.join(',')}`, `signature:s:${wrapped(signature)}`];
}
