import type { Permission, ScopedObject } from '@atelier/api';
import { Button, type ButtonProps, Tooltip } from '@mantine/core';
import type { MouseEventHandler } from 'react';
import { useMay } from '../api/me.tsx';
import { useT } from '../i18n/use-t.ts';

export interface ActionButtonProps extends ButtonProps {
  /** The permission that the act needs; without it the button stays visible and says what is missing. */
  readonly needs?: Permission;
  readonly on?: readonly (ScopedObject | undefined)[];
  /** Why the act makes no sense now (state), or nothing. */
  readonly blocked?: string | null | false;
  readonly onClick?: MouseEventHandler<HTMLButtonElement>;
  readonly type?: 'button' | 'submit';
  readonly 'aria-label'?: string;
}

/** A button that, when it cannot be used, can still be reached by keyboard and says why. */
export function ActionButton({ needs, on = [], blocked, onClick, children, ...rest }: ActionButtonProps) {
  const t = useT();
  const may = useMay();
  const reason = needs && !may(needs, ...on) ? t('common.missingPermission', { permission: needs }) : blocked || null;
  if (!reason)
    return (
      <Button {...rest} onClick={onClick}>
        {children}
      </Button>
    );
  return (
    <Tooltip label={reason}>
      <Button
        {...rest}
        variant="default"
        data-disabled
        aria-disabled="true"
        // A label takes the place of what is inside, so the reason must be in it.
        aria-label={rest['aria-label'] && `${rest['aria-label']} (${reason})`}
        onClick={(event) => event.preventDefault()}
      >
        {children}
        <span className="visually-hidden"> ({reason})</span>
      </Button>
    </Tooltip>
  );
}
