import { Anchor, Group, Stack, Text, Title } from '@mantine/core';
import { type ReactNode, useEffect, useRef } from 'react';
import { Link } from 'wouter';
import { useT } from '../i18n/use-t.ts';
import { Equivalent } from './equivalent.tsx';

let firstPage = true;

/** The frame of every page: title (in the tab too, and focused on arrival), actions, content, equivalent command. */
export function Page({
  title,
  parent,
  about,
  actions,
  equivalent,
  children,
}: {
  title: string;
  parent?: { readonly title: string; readonly href: string };
  about?: ReactNode;
  actions?: ReactNode;
  equivalent?: { readonly cli: readonly string[]; readonly api: string };
  children: ReactNode;
}) {
  const t = useT();
  const heading = useRef<HTMLHeadingElement>(null);
  useEffect(() => {
    document.title = `${title} · Atelier`;
  }, [title]);
  useEffect(() => {
    // After a change of page a screen reader should be at its title; the very first page leaves the focus to the browser.
    if (!firstPage) heading.current?.focus({ preventScroll: true });
    firstPage = false;
    scrollTo(0, 0);
  }, []);
  return (
    <Stack gap="lg">
      <Group justify="space-between" align="flex-end" gap="md">
        <div style={{ flex: '1 1 320px', minWidth: 0 }}>
          {parent && (
            <Text size="sm" component="nav" aria-label={t('common.breadcrumb')}>
              <Anchor component={Link} href={parent.href}>
                {parent.title}
              </Anchor>
              <span style={{ color: 'var(--mantine-color-dimmed)' }}> /</span>
            </Text>
          )}
          <Title order={1} ref={heading} tabIndex={-1}>
            {title}
          </Title>
          {about && (
            <Text c="dimmed" size="sm" mt={4} maw={720} component="div">
              {about}
            </Text>
          )}
        </div>
        {actions && <Group gap="xs">{actions}</Group>}
      </Group>
      {children}
      {equivalent && <Equivalent {...equivalent} />}
    </Stack>
  );
}
