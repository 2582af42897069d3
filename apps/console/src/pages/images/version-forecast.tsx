import type { ImageVersion } from '@atelier/api';
import { Table, Text, Title } from '@mantine/core';
import { useRead } from '../../api/query.ts';
import { Bytes } from '../../components/bytes.tsx';
import { ProblemAlert } from '../../components/problem-alert.tsx';
import { useT } from '../../i18n/use-t.ts';

/** What a transfer of the version takes: from nothing, from each earlier version, and for all endpoints together. */
export function VersionForecast({ version }: { version: ImageVersion }) {
  const t = useT();
  const params = { name: version.image, number: version.number };
  const published = version.state === 'available' || version.state === 'retired';
  const read = useRead('images', 'forecast', { params }, { enabled: published, staleTime: 60_000 });
  if (!published) return null;
  const { ways = [], fleet } = read.data ?? {};
  return (
    <section aria-busy={read.isPending}>
      <Title order={3}>{t('images.forecast')}</Title>
      {read.error && <ProblemAlert error={read.error} retry={() => read.refetch()} />}
      {ways.length > 0 && (
        <Table className="data-table">
          <caption className="visually-hidden">{t('images.forecast')}</caption>
          <Table.Thead>
            <Table.Tr>
              <Table.Th scope="col">{t('images.forecastFrom')}</Table.Th>
              <Table.Th scope="col" data-align="right">
                {t('images.forecastWire')}
              </Table.Th>
              <Table.Th scope="col" data-align="right">
                {t('images.forecastReused')}
              </Table.Th>
              <Table.Th scope="col" data-align="right">
                {t('images.forecastEndpoints')}
              </Table.Th>
            </Table.Tr>
          </Table.Thead>
          <Table.Tbody>
            {ways.map(({ plan, endpoints }) => (
              <Table.Tr key={plan.from.join()}>
                <Table.Td>
                  {plan.from.length === 0 ? t('images.forecastNew') : t('images.deltaFrom', { version: plan.from[0] })}
                </Table.Td>
                <Table.Td data-align="right">
                  <Bytes value={plan.wireBytes} />
                </Table.Td>
                <Table.Td data-align="right">
                  <Bytes value={plan.bySource.previous} />
                </Table.Td>
                <Table.Td data-align="right">{plan.from.length === 0 ? '–' : endpoints}</Table.Td>
              </Table.Tr>
            ))}
          </Table.Tbody>
        </Table>
      )}
      {fleet && (
        <Text size="sm" c="dimmed" mt={6}>
          {t('images.forecastFleet', { count: fleet.endpoints })} <Bytes value={fleet.wireBytes} />
        </Text>
      )}
    </section>
  );
}
