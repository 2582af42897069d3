import { type CapabilityId, capabilities } from '@atelier/api';
import { Anchor, Chip, Group, Skeleton, Table, Text } from '@mantine/core';
import { Link } from 'wouter';
import { useRead } from '../../api/query.ts';
import { Empty } from '../../components/empty.tsx';
import { Icon } from '../../components/icon.tsx';
import { Page } from '../../components/page.tsx';
import { Panel } from '../../components/panel.tsx';
import { ProblemAlert } from '../../components/problem-alert.tsx';
import { useParam } from '../../components/use-param.ts';
import { useT } from '../../i18n/use-t.ts';

/** The table image × capability: choose what you want, see which image to take. */
export function ImageTablePage() {
  const t = useT();
  const [want, setWant] = useParam('want');
  const wanted = want.split(',').filter(Boolean) as CapabilityId[];
  const read = useRead('images', 'matrix', { query: { want: want || undefined } });
  const images = read.data?.images ?? [];
  const best = wanted.length > 0 ? images[0] : undefined;
  return (
    <Page
      title={t('images.table')}
      parent={{ title: t('nav.images'), href: '/images' }}
      about={t('images.tableAbout')}
      equivalent={{
        cli: [want ? `atelier image recommend ${wanted.map((one) => `-c ${one}`).join(' ')}` : 'atelier image matrix'],
        api: `GET /image-capabilities${want ? `?want=${want}` : ''}`,
      }}
    >
      <Panel title={t('images.wanted')}>
        <Chip.Group multiple value={wanted} onChange={(next) => setWant(next.join(','))}>
          <Group gap="xs">
            {capabilities.map(({ id }) => (
              <Chip key={id} value={id} variant="outline">
                {t(`capability.${id}.title`)}
              </Chip>
            ))}
          </Group>
        </Chip.Group>
        <Text mt="md" size="sm" aria-live="polite">
          {wanted.length === 0
            ? t('images.wantedHint')
            : !best
              ? ''
              : best.missing.length === 0
                ? t('images.take', { name: best.image })
                : t('images.takeBest', {
                    name: best.image,
                    missing: best.missing.map((id) => t(`capability.${id}.title`)).join(', '),
                  })}
        </Text>
      </Panel>
      {read.error !== null && <ProblemAlert error={read.error} retry={() => read.refetch()} />}
      {read.isPending && <Skeleton height={180} radius="lg" />}
      {read.data && images.length === 0 && (
        <div className="card">
          <Empty icon="table" title={t('images.empty')}>
            {t('images.emptyText')}
          </Empty>
        </div>
      )}
      {images.length > 0 && (
        // biome-ignore lint/a11y/noNoninteractiveTabindex: it scrolls sideways, so the keyboard must be able to reach it
        <section className="card" style={{ overflowX: 'auto' }} tabIndex={0} aria-label={t('images.table')}>
          <Table className="matrix">
            <Table.Thead>
              <Table.Tr>
                <Table.Th scope="col">{t('images.image')}</Table.Th>
                {capabilities.map(({ id }) => (
                  <Table.Th key={id} scope="col" ta="center" data-wanted={wanted.includes(id) || undefined}>
                    {t(`capability.${id}.title`)}
                  </Table.Th>
                ))}
              </Table.Tr>
            </Table.Thead>
            <Table.Tbody>
              {images.map((row) => (
                <Table.Tr key={row.image} data-best={row === best || undefined}>
                  <Table.Th scope="row">
                    <Anchor component={Link} href={`/images/${row.image}`}>
                      {row.image}
                    </Anchor>
                  </Table.Th>
                  {capabilities.map(({ id }) => (
                    <Table.Td key={id} ta="center" data-wanted={wanted.includes(id) || undefined}>
                      <Mark has={row.capabilities.includes(id)} missing={row.missing.includes(id)} />
                    </Table.Td>
                  ))}
                </Table.Tr>
              ))}
            </Table.Tbody>
          </Table>
        </section>
      )}
    </Page>
  );
}

function Mark({ has, missing }: { has: boolean; missing: boolean }) {
  const t = useT();
  const label = t(has ? 'common.yes' : 'common.no');
  return (
    <span
      style={{
        display: 'inline-grid',
        color: has ? 'var(--tone-good)' : missing ? 'var(--tone-bad)' : 'var(--mantine-color-dimmed)',
      }}
    >
      {has ? <Icon name="check" /> : missing ? <Icon name="cross" /> : <span aria-hidden="true">·</span>}
      <span className="visually-hidden">{label}</span>
    </span>
  );
}
