import { Button } from '@mantine/core';
import { Link } from 'wouter';
import { Empty } from '../components/empty.tsx';
import { Page } from '../components/page.tsx';
import { useT } from '../i18n/use-t.ts';

/** For addresses that lead nowhere. */
export function NotFound() {
  const t = useT();
  return (
    <Page title={t('shell.notFound')}>
      <Empty
        icon="search"
        title={t('shell.notFoundWhy')}
        action={
          <Button component={Link} href="/" variant="default">
            {t('shell.home')}
          </Button>
        }
      >
        {t('shell.notFoundFix')}
      </Empty>
    </Page>
  );
}
