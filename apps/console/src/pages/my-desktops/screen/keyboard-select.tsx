import { NativeSelect } from '@mantine/core';
import { useEffect, useState } from 'react';
import { toast } from '../../../components/toast.ts';
import { useLocale, useT } from '../../../i18n/use-t.ts';
import { chooseKeyboard, currentKeyboard, learnKeyboard } from './keyboard-choice.ts';
import { keyboardLayouts } from './keyboard-layouts.ts';

/** Which keyboard the person has: hosts get places of keys, and make letters of them. It is told when a connection begins. */
export function KeyboardSelect({ live }: { live: boolean }) {
  const t = useT();
  const locale = useLocale();
  const [tag, setTag] = useState(currentKeyboard);
  useEffect(() => {
    let gone = false;
    void learnKeyboard().then(() => gone || setTag(currentKeyboard()));
    return () => {
      gone = true;
    };
  }, []);
  const names = new Intl.DisplayNames(locale, { type: 'language' });
  return (
    <NativeSelect
      size="xs"
      w={150}
      aria-label={t('desktopScreen.keyboard')}
      value={tag}
      onChange={(event) => {
        const next = event.currentTarget.value;
        chooseKeyboard(next);
        setTag(next);
        if (live) toast(t('desktopScreen.keyboardNext'));
      }}
      data={Object.keys(keyboardLayouts).map((value) => ({ value, label: names.of(value) ?? value }))}
    />
  );
}
