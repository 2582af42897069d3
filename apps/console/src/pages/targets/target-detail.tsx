import type { TargetView } from '@atelier/api';
import { Anchor, Stack } from '@mantine/core';
import { Link } from 'wouter';
import { useMay } from '../../api/me.tsx';
import { Facts } from '../../components/facts.tsx';
import { JsonView } from '../../components/json-view.tsx';
import { Time } from '../../components/time.tsx';
import { useT } from '../../i18n/use-t.ts';
import { formatAddress } from './target-address.ts';
import { TargetState } from './target-state.tsx';

/** All that is known of a target. */
export function TargetDetail({ target }: { target: TargetView }) {
  const t = useT();
  const may = useMay();
  return (
    <Stack>
      <TargetState target={target} />
      <Facts
        items={[
          [t('targets.kind'), t(`targetKind.${target.kind}`)],
          [t('targets.address'), target.endpoints.map(formatAddress).join(', ') || null],
          [t('targets.fqdn'), target.fqdn],
          [
            t('targets.host'),
            target.hostId && may('host:read') ? (
              <Anchor key="h" component={Link} href={`/hosts/${target.hostId}`}>
                {target.host}
              </Anchor>
            ) : (
              target.host
            ),
          ],
          [t('targets.environment'), target.environment || null],
          [t('targets.owner'), target.owner?.name ?? null],
          [t('targets.weight'), target.weight],
          [t('targets.takes'), t(`targets.takes_${target.takes}`)],
          [t('targets.keptBy'), target.provider],
          [
            t('targets.certificate'),
            target.certificateFingerprint && (
              <span key="c" className="mono">
                {target.certificateFingerprint}
              </span>
            ),
          ],
          [t('common.created'), <Time key="t" at={target.createdAt} />],
        ]}
      />
      {Object.keys(target.properties).length > 0 && (
        <JsonView value={target.properties} label={t('properties.properties')} />
      )}
    </Stack>
  );
}
