import { useMay } from '../api/me.tsx';
import { useT } from '../i18n/use-t.ts';
import { ObjectSelect } from './object-select.tsx';
import { useParam } from './use-param.ts';

/** A filter by collection in the address, for those who may see collections. */
export function CollectionFilter() {
  const t = useT();
  const may = useMay();
  const [collection, set] = useParam('collection');
  if (!may('collection:read')) return null;
  return (
    <div className="filter">
      <ObjectSelect
        source="collection"
        placeholder={t('palette.collection')}
        value={collection || null}
        onChange={set}
        clearable
      />
    </div>
  );
}
