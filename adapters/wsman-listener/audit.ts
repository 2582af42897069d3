/** What the listener reports, one line each: never contents, never secrets. */
export type AuditRecord =
  | { readonly kind: 'logon'; readonly user: string; readonly scheme: string; readonly address: string }
  | { readonly kind: 'logon-refused'; readonly user: string; readonly scheme: string; readonly address: string }
  | {
      readonly kind: 'denied';
      readonly user: string;
      readonly resource: string;
      readonly verb: string;
      readonly address: string;
    }
  | {
      readonly kind: 'shell-opened' | 'shell-closed';
      readonly user: string;
      readonly shell: string;
      readonly address: string;
    }
  | { readonly kind: 'command'; readonly user: string; readonly shell: string; readonly address: string }
  | { readonly kind: 'config-changed'; readonly user: string; readonly resource: string; readonly address: string }
  | { readonly kind: 'failure'; readonly message: string; readonly error: unknown };

export type Audit = (record: AuditRecord) => void;
