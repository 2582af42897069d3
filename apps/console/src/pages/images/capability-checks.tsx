import { type CapabilityId, capabilities } from '@atelier/api';
import { Checkbox, SimpleGrid } from '@mantine/core';
import { useT } from '../../i18n/use-t.ts';

/** Ticks for what an image can do. */
export function CapabilityChecks({
  value,
  onChange,
  disabled,
}: {
  value: readonly CapabilityId[];
  onChange: (value: CapabilityId[]) => void;
  disabled?: boolean;
}) {
  const t = useT();
  return (
    <Checkbox.Group
      label={t('images.capabilities')}
      value={[...value]}
      onChange={(next) => onChange(next as CapabilityId[])}
    >
      <SimpleGrid cols={{ base: 1, sm: 2 }} spacing="sm" mt="xs">
        {capabilities.map(({ id }) => (
          <Checkbox
            key={id}
            value={id}
            disabled={disabled}
            label={t(`capability.${id}.title`)}
            description={t(`capability.${id}.description`)}
          />
        ))}
      </SimpleGrid>
    </Checkbox.Group>
  );
}
