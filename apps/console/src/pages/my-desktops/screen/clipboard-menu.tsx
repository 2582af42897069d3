import { Button, Menu, Text } from '@mantine/core';
import { useEffect, useState } from 'react';
import { Icon } from '../../../components/icon.tsx';
import { toast } from '../../../components/toast.ts';
import { useT } from '../../../i18n/use-t.ts';
import type { IronClient } from './iron-client.ts';

/** Whether the browser lets this page read the clipboard without asking each time; null while that is not known. */
function useClipboardPermission(): boolean | null {
  const [granted, setGranted] = useState<boolean | null>(null);
  useEffect(() => {
    let gone = false;
    let status: PermissionStatus | undefined;
    const look = () => !gone && setGranted(status?.state === 'granted');
    navigator.permissions.query({ name: 'clipboard-read' as PermissionName }).then(
      (one) => {
        status = one;
        one.addEventListener('change', look);
        look();
      },
      // Firefox knows no such permission: it asks for each paste.
      () => !gone && setGranted(false),
    );
    return () => {
      gone = true;
      status?.removeEventListener('change', look);
    };
  }, []);
  return granted;
}

/** Text between the person's clipboard and the desktop's: by itself where the browser allows that, else by hand. */
export function ClipboardMenu({ client, full }: { client: IronClient | null; full: boolean }) {
  const t = useT();
  const granted = useClipboardPermission();
  const [offered, setOffered] = useState(false);
  useEffect(() => {
    setOffered(false);
    client?.interaction.onClipboardRemoteUpdateCallback(() => setOffered(true));
  }, [client]);
  const act = (what: () => Promise<void>, done: string) =>
    what().then(
      () => toast(done),
      () => toast(t('desktopScreen.clipboardFix'), 'bad', t('desktopScreen.clipboardRefused')),
    );
  return (
    <Menu position="bottom-start" width={290} withinPortal={!full} returnFocus={false}>
      <Menu.Target>
        <Button
          size="xs"
          variant={offered ? 'light' : 'default'}
          disabled={client === null}
          leftSection={<Icon name="paste" size={15} />}
        >
          {t('desktopScreen.clipboard')}
        </Button>
      </Menu.Target>
      <Menu.Dropdown>
        <Text size="xs" c="dimmed" px={12} py={6}>
          {t(granted ? 'desktopScreen.clipboardAuto' : 'desktopScreen.clipboardManual')}
        </Text>
        <Menu.Item
          onClick={() =>
            void act(async () => client?.interaction.sendClipboardData(), t('desktopScreen.clipboardSent'))
          }
        >
          {t('desktopScreen.clipboardSend')}
        </Menu.Item>
        <Menu.Item
          disabled={!offered}
          onClick={() =>
            void act(async () => {
              await client?.interaction.saveRemoteClipboardData();
              setOffered(false);
            }, t('desktopScreen.clipboardTaken'))
          }
        >
          {t('desktopScreen.clipboardTake')}
        </Menu.Item>
      </Menu.Dropdown>
    </Menu>
  );
}
