import type { Verb } from '../../command/verb.ts';
import { formatBytes, formatTime } from '../../output/format-value.ts';
import { type Column, item } from '../../output/output.ts';

export const showVerb: Verb = {
  name: 'show',
  summary: 'the repository: address, size, last check',
  run: async (call) => {
    const one = await call.api.images.repository();
    const columns: readonly Column<typeof one>[] = [
      { title: 'address', value: (it) => it.url },
      { title: 'kind', value: (it) => it.kind },
      { title: 'size', value: (it) => formatBytes(it.bytes) },
      { title: 'files', value: (it) => it.files },
      {
        title: 'last check',
        value: (it) => (it.lastFsck ? formatTime(it.lastFsck.at) : 'never (atelier repository fsck)'),
      },
      { title: 'findings', value: (it) => it.lastFsck?.findings.map((one) => `${one.code} ${one.file}`) },
    ];
    return item(one, columns, one.url);
  },
};
