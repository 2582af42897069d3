import { workerData } from 'node:worker_threads';
import { serveTasks } from '@atelier/adapters/thread-pool';
import { enterBackground } from './background-thread.ts';
import { checkBlocks } from './check-blocks.ts';
import { copyBlocks } from './copy-blocks.ts';
import { frameTask } from './frame-task.ts';
import { hostBlocks } from './host-blocks.ts';
import type { TransferShared, TransferTask } from './transfer-tasks.ts';

const shared = workerData as TransferShared;
if (shared.background) enterBackground();

serveTasks((task: TransferTask) => {
  switch (task.kind) {
    case 'frame':
      return { value: frameTask(shared, task) };
    case 'copy':
      return { value: copyBlocks(shared, task) };
    case 'check':
      return { value: checkBlocks(shared, task) };
    case 'host':
      return { value: hostBlocks(shared, task) };
  }
});
