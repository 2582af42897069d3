import { expect, it } from 'vitest';
import { createMemoryStore, memoryProvider } from './index.ts';

it('keeps what became of a target’s state while a plug-in saves what it read before, as the directory does', async () => {
  const { resourceStore } = memoryProvider(createMemoryStore());
  const read = await resourceStore.addTarget({ name: 'pc-1', collection: 'office', state: 'starting' });
  await resourceStore.setTargetState('pc-1', 'running');
  expect(await resourceStore.saveTarget({ ...read, weight: 7 })).toMatchObject({ state: 'running', weight: 7 });
});
