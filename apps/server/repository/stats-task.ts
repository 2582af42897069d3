import { statsAside } from '@atelier/adapters/repository';
import { imageKeys } from '../images/content-keys.ts';
import type { Services, TaskControl } from '../services.ts';
import type { Repository } from './repository.ts';

/** The task `repository.stats`: what each version of an image costs, to keep and to fetch. */
export function statsTask(services: Services, repository: Repository) {
  return async ({ name }: { readonly name: string }, control: TaskControl) =>
    await repository.steady(control.signal, async () => {
      control.log(`reckoning over every version of ${name}`);
      return await statsAside({ folder: repository.folder, image: name, keys: await imageKeys(services, name) });
    });
}
