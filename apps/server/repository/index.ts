export { repositoryAccessFor } from './access.ts';
export { openRepository, type Repository } from './repository.ts';
