/** The server's own MCS user: it is the initiator of all that it sends. */
export const serverUser = 1002;
/** The channel of everything but virtual channels. */
export const ioChannel = 1003;
/** Ids of the static virtual channels, in the client's order. */
export const virtualChannel = (index: number): number => ioChannel + 1 + index;
/** The client's MCS user, which is also a channel, behind the virtual ones. */
export const clientUser = (channels: number): number => ioChannel + 1 + channels;
