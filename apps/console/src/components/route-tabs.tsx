import { Tabs } from '@mantine/core';
import { type ReactNode, useEffect, useRef } from 'react';
import { useLocation } from 'wouter';

export interface RouteTab {
  readonly key: string;
  readonly title: string;
  readonly content: () => ReactNode;
}

/** Tabs whose choice is the last part of the address. */
export function RouteTabs({ base, tab, tabs }: { base: string; tab: string; tabs: readonly RouteTab[] }) {
  const [, go] = useLocation();
  const now = tabs.find((one) => one.key === tab) ?? tabs[0]!;
  const list = useRef<HTMLDivElement>(null);
  // On a narrow page the list scrolls sideways: the tab that is open must be seen.
  useEffect(() => {
    const [row, open] = [list.current, list.current?.querySelector<HTMLElement>('[aria-selected="true"]')];
    if (row && open) row.scrollLeft = open.offsetLeft - (row.clientWidth - open.offsetWidth) / 2;
  }, [now.key]);
  return (
    <Tabs value={now.key} onChange={(key) => key && go(`${base}/${key}`)}>
      <Tabs.List ref={list} mb="lg" style={{ flexWrap: 'nowrap', overflowX: 'auto', overflowY: 'hidden' }}>
        {tabs.map((one) => (
          <Tabs.Tab key={one.key} value={one.key} style={{ whiteSpace: 'nowrap' }}>
            {one.title}
          </Tabs.Tab>
        ))}
      </Tabs.List>
      {tabs.map((one) => (
        <Tabs.Panel key={one.key} value={one.key}>
          {one.key === now.key && one.content()}
        </Tabs.Panel>
      ))}
    </Tabs>
  );
}
