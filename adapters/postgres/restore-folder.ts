/** Folder within the state folder in which a restore works; while it exists, the state folder is not whole. */
export const restoreFolder = '.restore';
