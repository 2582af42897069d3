/** One row of the table of errors: what happened in general, and what the reader can do. Plain text, no markup. */
export type TrimErrorText = { readonly cause: string; readonly fix: string };

const rows = {
  'trim.name': {
    cause:
      'a name in the repository or in the request is not made of a-z, 0-9, dot, dash and underscore (64 at most, first one a letter or digit)',
    fix: 'use such a name; if it came from the repository, have it published again, for the file is hostile or damaged',
  },
  'trim.format': {
    cause: 'a file of the repository does not follow the format',
    fix: 'run fsck on the repository; if it is clean, look for a proxy or mirror that changes files on the way',
  },
  'trim.format-version': {
    cause: 'the file was written in a later format than this program reads',
    fix: 'update the client',
  },
  'trim.client-too-old': {
    cause: 'the image version asks for a later client',
    fix: 'update the client, then fetch the version again',
  },
  'trim.limits': {
    cause: 'a file declares or reaches a size or a count above the limits',
    fix: 'if the image is really that large raise the limit in the configuration, else treat the repository as hostile',
  },
  'trim.root-signature': {
    cause: 'root.json is not signed by the keys that this client trusts',
    fix: 'check that the client talks to its own repository; enrol it again if the root keys were replaced by hand',
  },
  'trim.root-expired': {
    cause: 'the last root.json that could be had is past its end',
    fix: 'check the clock of this machine; then have an administrator sign the root again',
  },
  'trim.manifest-signature': {
    cause: 'the manifest or latest.json is not signed by a signing key of the trusted root',
    fix: 'run fsck on the repository and sign again; if nobody changed keys, treat the repository as compromised',
  },
  'trim.manifest-mismatch': {
    cause: 'the manifest is signed, but belongs to another image or version than was asked for',
    fix: 'run fsck on the repository: files were swapped or replayed',
  },
  'trim.rollback': {
    cause: 'the repository shows an older state than this client has already seen',
    fix: 'look for a stale mirror or cache; after a restore from backup sign latest.json again with a higher counter',
  },
  'trim.frozen': {
    cause: 'latest.json is past its end, so the repository may be held back on the way',
    fix: 'check the clock of this machine, that the server is running to sign it again, and the mirror in between',
  },
  'trim.clock': {
    cause: 'latest.json or root.json was issued later than the clock of this machine says',
    fix: 'set the clock of this machine',
  },
  'trim.index-digest': {
    cause: 'the index is not the one that the manifest names',
    fix: 'fetch again; if it stays, run fsck on the repository or take another mirror',
  },
  'trim.pack-digest': {
    cause: 'a pack or delta is not the one that its name or the manifest says',
    fix: 'run fsck on the repository and copy the file again from a good mirror, or publish the version again',
  },
  'trim.frame-corrupt': {
    cause: 'a frame of a pack does not hold the blocks that the index promises, even when fetched again',
    fix: 'run fsck on the repository; the version that is installed stays as it is',
  },
  'trim.root-mismatch': {
    cause: 'the blocks of the finished disk do not add up to the Merkle root of the manifest',
    fix: 'fetch again; if it stays, publish the version again',
  },
  'trim.range-ignored': {
    cause: 'the web server, or a proxy before it, does not answer ranged requests rightly',
    fix: 'let the web server serve the repository as plain files, with no compression and no rewriting proxy',
  },
  'trim.http': {
    cause: 'the web server answered with an error',
    fix: 'look at the status in the message and at the log of the web server; the transfer resumes where it stopped',
  },
  'trim.network': {
    cause: 'the web server could not be reached, or the connection broke or stood still for too long',
    fix: 'check the network and the address of the repository; the transfer resumes where it stopped',
  },
  'trim.tls': {
    cause: 'no trusted TLS connection to the repository could be made',
    fix: 'check the certificate authority, the name in the certificate and the client certificate',
  },
  'trim.unauthorized': {
    cause: 'the web server refused the credentials',
    fix: 'sign in or enrol again, or check the password or client certificate of the repository',
  },
  'trim.not-found': {
    cause: 'the repository does not have that file',
    fix: 'check the address of the repository and that the version was published and not removed',
  },
  'trim.no-channel': {
    cause: 'the image has no such channel, or it points to no version',
    fix: 'promote a version to the channel',
  },
  'trim.no-version': {
    cause: 'the image has no such version in the repository',
    fix: 'list the versions and pick one of them, or publish it',
  },
  'trim.disk-full': {
    cause: 'there is not enough room on the disk',
    fix: 'make room, then start again: what was fetched so far is kept',
  },
  'trim.io': {
    cause: 'a local file could not be read or written',
    fix: 'see the message for the file and the reason of the operating system',
  },
  'trim.source-changed': {
    cause: 'the disk that is being published changed while it was read',
    fix: 'shut down whatever uses the disk and publish again',
  },
  'trim.exists': {
    cause: 'that version is already published, and published versions never change',
    fix: 'publish under the next number',
  },
  'trim.in-use': {
    cause: 'a channel still points to the version',
    fix: 'move the channel to another version first',
  },
  'trim.busy': {
    cause: 'another publish or garbage collection holds the repository',
    fix: 'wait until it is done; a lease left by a crash ends by itself',
  },
  'trim.key-missing': {
    cause: 'the version is encrypted and its content key was not given',
    fix: 'let the client get its keys from the server, then fetch again',
  },
  'trim.aborted': {
    cause: 'the work was cancelled',
    fix: 'start it again: what was done so far is kept',
  },
} as const satisfies Record<string, TrimErrorText>;

/** The stable codes of Trim Transfer. */
export type TrimErrorCode = keyof typeof rows;

/** Every code with its cause and its fix, as the product shows them. */
export const trimErrors: Readonly<Record<TrimErrorCode, TrimErrorText>> = rows;
