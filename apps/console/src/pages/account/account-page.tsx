import { Page } from '../../components/page.tsx';
import { RouteTabs } from '../../components/route-tabs.tsx';
import { useT } from '../../i18n/use-t.ts';
import { ProfileTab } from './profile-tab.tsx';
import { TokensTab } from './tokens-tab.tsx';

/** The signed-in person's own things. */
export function AccountPage({ tab }: { tab: string }) {
  const t = useT();
  return (
    <Page
      title={t('nav.account')}
      equivalent={
        tab === 'tokens'
          ? { cli: ['atelier token ls', 'atelier token create NAME'], api: 'GET /tokens' }
          : { cli: ['atelier whoami'], api: 'GET /session' }
      }
    >
      <RouteTabs
        base="/account"
        tab={tab}
        tabs={[
          { key: 'profile', title: t('account.profile'), content: () => <ProfileTab /> },
          { key: 'tokens', title: t('nav.tokens'), content: () => <TokensTab /> },
        ]}
      />
    </Page>
  );
}
