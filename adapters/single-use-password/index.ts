export { checkPassword, type GenuinePassword, type PasswordRefusal } from './check-password.ts';
export { makePassword } from './make-password.ts';
export { newPasswordKey, passwordKeys, passwordKeysIn, readPublicKey, writePublicKey } from './password-key.ts';
export { type PasswordHolder, type PasswordKeys, passwordLifeMs, passwordMark } from './token.ts';
