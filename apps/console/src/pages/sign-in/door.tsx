import { Group } from '@mantine/core';
import type { ReactNode } from 'react';
import { LanguageMenu } from '../../shell/language-menu.tsx';
import { Logo } from '../../shell/logo.tsx';
import { SchemeMenu } from '../../shell/scheme-menu.tsx';

/** The card before the house: sign-in and set-up. */
export function Door({ children }: { children: ReactNode }) {
  return (
    <main className="door">
      <div className="card door-card">
        <Group justify="space-between" mb="lg">
          <Logo />
          <Group gap={4}>
            <LanguageMenu />
            <SchemeMenu />
          </Group>
        </Group>
        {children}
      </div>
    </main>
  );
}
